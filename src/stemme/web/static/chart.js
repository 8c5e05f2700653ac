// A chart when it is asked for. Without this script the button is a link to the table.
(() => {
  const button = document.getElementById("chart-button");
  const place = document.getElementById("chart");
  if (!button || !place) return;
  button.setAttribute("role", "button");

  const load = (address) => new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  // Long labels would push the bars off a phone: they wrap at words.
  const wrap = (text, width) => String(text).split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last && (last + " " + word).length <= width) lines[lines.length - 1] = last + " " + word;
    else lines.push(word);
    return lines;
  }, []).join("<br>");

  const draw = async () => {
    const [figure] = await Promise.all([
      fetch(button.dataset.chart).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      }),
      load(button.dataset.plotly),
    ]);
    place.hidden = false;
    const ink = getComputedStyle(document.body);
    const width = place.clientWidth < 480 ? 18 : 36;
    for (const trace of figure.data) trace.y = trace.y.map((label) => wrap(label, width));
    const lines = Math.max(...figure.data[0].y.map((label) => label.split("<br>").length));
    figure.layout.height += (lines - 1) * 15 * figure.data[0].y.length;
    figure.layout.font = { family: ink.fontFamily, color: ink.color, size: 14 };
    const axis = { gridcolor: "rgba(128,128,128,.35)", zerolinecolor: ink.color };
    Object.assign(figure.layout.xaxis, axis);
    if (document.documentElement.dir === "rtl") {
      // Plotly makes no room for labels on the right by itself.
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = "14px " + ink.fontFamily;
      const widths = figure.data[0].y.flatMap((label) => label.split("<br>"))
        .map((line) => pen.measureText(line).width);
      figure.layout.xaxis.range = [100, 0];
      Object.assign(figure.layout.yaxis, { side: "right", automargin: false });
      figure.layout.margin = { l: 44, r: Math.ceil(Math.max(...widths)) + 12, t: 8, b: 40 };
    }
    await window.Plotly.newPlot(place, figure.data, figure.layout, {
      displayModeBar: false, responsive: true,
    });
    button.hidden = true;
    place.scrollIntoView({ block: "nearest" });
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    draw().catch(() => {
      place.hidden = true;
      document.getElementById("chart-trouble").textContent = button.dataset.trouble;
    });
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
  });
})();
