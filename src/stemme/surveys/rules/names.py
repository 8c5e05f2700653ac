"""Names in a text: first names, what is written as a name, titles, offices that only one holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

NAME, ROLE = "[navn]", "[rolle]"

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def _set_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Common in Norway today, and no ordinary word in a language people answer in.
_FIRST = _set_of(
    """
    aage abdi ali abdirahman abdullah adrian ahmad ahmed aisha aksel albert aleksander
    alexander alexandra alf alfred amalie amina amira anders andrea andreas andrzej anita anna
    anne anniken annika ane arild arne arvid asbjørn asgeir ask aslaug astrid aud axel ayaan
    aylin beate benedicte benjamin bente berit bernt birgit birgitte birger birte bjarne bjørg
    bjørnar børge brit britt camilla carina caroline cathrine cecilie charlotte christian
    christina christine christoffer daniel dagfinn dagny dariusz david deqa dina dorthe ebba
    edvard edvin egil eilif einar eirik eivind elena eli elias elin eline elisabeth elise ella
    ellen elsa else emil emilie emily emma erik erika erling espen esther eva evy fadumo
    fartun fatima fatuma filip finn fredrik frida frode gabriel geir georg gerd gina grethe
    grzegorz gudrun gunhild gunn gunnar gunvor gustav guri gyda håkon håvard halima halvor
    hamza hanna hannah hanne hans harald hassan hedda hege heidi helene helga helge henrik
    henriette herman hilde hussein ibrahim ida ines inge ingebjørg ingeborg inger ingrid
    ingunn ingvild irene isabella isak ivar iver jacek jacob jakob jan jane janne jannicke
    jens jeppe joachim joakim johan john jonny james mary omar unni tuva ylva xasan johanna
    johanne johannes johnny jon jonas jonathan jorunn jostein josefine jørgen jørn julia
    julian julie jørund kaja karen kari karin karina karl karoline katarina katarzyna kate
    kathrine katrine ketil khadija kim kine kirsten kirsti kjartan kjell kjersti klara knut
    kristian kristin kristina kristine kristoffer krzysztof kåre lars lasse laila laura lea
    leif lena leon leah lillian lilly linda line linn linnea lisa lise liselotte liv-marit
    liv-anne lone lotte louise lovise lucas ludvig lukas mads magne magnhild magnus mahamed
    maja małgorzata malin maren margareth margrete margrethe maria mariam mariann marianne
    marie marit marius marta marte marthe marthin martin martine maryam mateusz mathias
    mathilde matilde mattis merete merethe mette michael mikael mikkel mikolaj milena mohamed
    mohamad mohammad mohammed mona monica monika morten muhammad mustafa nathalie nikolai nina
    nils nora odd-arne oddbjørn oddny oddvar oksana ola olaf olav ole oleksandr olga olena
    oliver olivia oluf oscar oskar ottar otto ove paal paul pawel paweł peder per-arne
    per-erik pernille petra petter philip pia piotr pål ragna ragnar ragnhild randi rasmus
    rebecca reidar reidun rikke roar robert roger rolf ronny ruben runar rune sahra samira
    samuel sander sandra sara sarah sebastian selma serhii sigmund sigrid sigurd silje simen
    simon sindre sissel siv-anita sivert snorre sofia sofie solbjørg solfrid solveig sondre
    sonja stefan steffen steinar stian stig stine styrk sunniva susanne sverre svein sveinung
    svitlana synne synnøve sølvi terje thea theodor therese thomas thorbjørn tiril tobias
    tomasz tommy tomas tone tonje torbjørn tore torgeir torill torhild tormod torstein torunn
    trine trond truls trude trygve turid unn-kristin ulrik vegard vera veronica veronika
    victoria vidar vigdis viktor viktoria vilde vilhelm vivian volodymyr wenche wiktoria
    william yasmin yngve yusuf yvonne zahra øivind ørjan øystein øyvind åge åse åshild åsmund
    åsne aase олена оксана ольга олександр андрій сергій володимир наталія наталя тетяна ірина
    марія іван юрій микола василь людмила світлана катерина юлія вікторія
    """
)
# Also ordinary words: names only before a family name.
_DOUBLE = _set_of(
    """
    aron bo bjørn dag endre fred gro håp inga even jo liv mai may mark odd per rose roy siv
    sol stein storm tor ulf vår will hans else signe vilja grete ask elias ella maja vera said
    nur noor amal iman barre cali
    """
)
_ARABIC = _set_of(
    "محمد أحمد احمد فاطمة عائشة خديجة مريم إبراهيم ابراهيم يوسف عبدالله مصطفى حسين محەمەد ئەحمەد "
    "فاتمە زينب خالد محمود"
)
_FAMILY = re.compile(
    r"\w{2,}(?:sen|sson|dottir|dóttir|datter|stad|ski|ska|cki|cka|wicz|enko|chuk|czyk|vičius|auskas"
    r"|aitė|ienė|енко|чук|ський|ська)$",
    re.IGNORECASE,
)
_FAMILY_ALONE = re.compile(r"\w{2,}(?:[dklnrst]sen|sdatter|sdottir)$")
_FAMILY_IN_LOWER_CASE = re.compile(r"\w{2,}(?:sen|sson|dottir|datter|wicz|enko)$")
_TITLES = _set_of(
    "fru frøken frk herr hr mr mrs ms miss dr doktor pan pani pana panią familien familie"
)
# Not "ordfører": who was elected is spoken about in public.
_OFFICE = re.compile(
    r"(?:\w*(?:rektor|inspektør)|\w*prest|kapellan|imam|lensmann|fastlege|vaktmester|helsesøster"
    r"|helsesykepleier|barnehagestyrer|klubbleder|sfo-leder)(?:en|a|ens)?"
    r"|headmaster|headteacher|vicar|proboszcz|ksiądz|księdza|dyrektork?[aą]?|imaamka|maamulaha",
    re.IGNORECASE,
)

# Words that make two capitals a place, a body or a day, and no person.
_COMMON = _set_of(
    """
    skole skule barneskole ungdomsskole kommune fylke fylkeskommune kirke kyrkje park parken
    torg torget senter brygge stasjon hall hallen stadion if il fk ungdomsklubb bibliotek havn
    sykehus sjukehus universitet museum videregående bydel district municipality school church
    street road city council university hospital library station centre center harbour red
    cross kors røde nedre øvre indre ytre store lille gamle nye sankt st new old north south
    east west great united nord sør øst vest nordre søndre østre vestre norge noreg norway
    norwegia norwegii larvik sandefjord oslo bergen trondheim stavanger vestfold telemark
    torstrand bøkeskogen polen poland polska somalia ukraina ukraine eritrea syria irak iraq
    kurdistan afghanistan tyskland sverige danmark europa europe eu nav fn nrk monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august
    september october november december christmas easter norwegian english polish somali
    arabic ukrainian facebook instagram google covid ramadan eid jul påske soomaaliya soomaali
    noorweey bariga dhexe waqooyiga yurub boże narodzenie bliskiego wschodu północnej data
    protection authority близького сходу північної європи
    """
)
_STARTS = _set_of(
    """
    jeg eg du han hun ho vi dere dokker de det den dette denne disse en ei et ein eit på i til
    fra frå for av med om hos ved mot over under etter før men og eller så at når da hvis
    dersom fordi som hva kva hvor kor hvem kven hvorfor kvifor ikke ikkje ingen alle alt mange
    noen nokre her der nå no hei takk kjære mer meir flere fleire bedre betre gjør bygg lag
    rydd la få gi kan må bør vil skal er var blir har hadde min mi mitt mine vår vårt våre sin
    the a an in on to from of by with and or but we he she it they this that these those my
    our your their there here what where who why when if not yes please more many some all
    dear thank thanks build make let can should must w z ze na do od po dla o ale że jak co
    gdzie kto nie tak jest są ten ta te moja mój nasz nasza bardzo więcej waa wuxuu waxaan
    waxay iyo ama laakiin inaan inay ku ka u uu ay halkan у в на з до від та і але що як де
    хто не так це наш наша
    """
)


_OPENERS = frozenset('.!?:;\n•«»"“”(،؟۔…–')


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    opens: bool
    """Whether it is the first of a sentence, where every word has a capital."""

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def first(self) -> bool:
        """Whether it is a first name, also the first half of one with a hyphen."""
        low = re.split(r"[-'’]", self.low)[0]
        return low in _FIRST and low not in _DOUBLE

    @property
    def capital(self) -> bool:
        """Written as a name: a capital, then small letters; with a hyphen, both parts."""
        parts = re.split(r"[-'’]", self.text)
        return self.text[0].isupper() and (len(self.text) == 1 or not parts[0].isupper())


def mask_names(text: str) -> str:
    """The text with `[navn]` for names and `[rolle]` for an office that only one person holds."""
    words = list(_words(text))
    made, at, index = [], 0, 0
    while index < len(words):
        taken, token = _found(words, index, text)
        if taken:
            made += [text[at : words[index].start], token]
            at = words[index + taken - 1].end
        index += taken or 1
    return "".join([*made, text[at:]])


def _words(text: str) -> Iterator[_Word]:
    start = end = 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        initial = between == ". " and end - start == 1 and text[start].isupper()
        opens = not initial and (end == 0 or any(sign in _OPENERS for sign in between))
        start, end = found.span()
        yield _Word(found[0], start, end, opens)


def _found(words: list[_Word], index: int, text: str) -> tuple[int, str]:
    """How many words from here are a name or an office, and what stands in their place."""
    word = words[index]
    if _OFFICE.fullmatch(word.text):
        return 1 + _surname(words, index + 1, text), ROLE
    if word.low in _TITLES:
        following = _surname(words, index + 1, text)
        return (1 + following, NAME) if following else (0, "")
    if word.text in _ARABIC:
        # In Arabic script a name has no form: the word after a known one is taken along.
        return 1 + int(_adjacent(words, index + 1, text) and _is_arabic(words[index + 1])), NAME
    following = _surname(words, index + 1, text)
    if word.first:
        if word.capital or word.text.isupper():
            return 1 + following, NAME
        return (2, NAME) if _family_in_lower_case(words, index + 1, text) else (0, "")
    if not word.capital:
        return 0, ""
    if word.low in _DOUBLE and following:
        return 1 + following, NAME
    if not word.opens and not following and _FAMILY_ALONE.match(word.text):
        return 1, NAME
    return _pair(words, index, following)


def _pair(words: list[_Word], index: int, following: int) -> tuple[int, str]:
    """Two or more words with capitals, as names of people nobody has listed."""
    word = words[index]
    if not following or word.low in _COMMON:
        return 0, ""
    rest = words[index + 1 : index + 1 + following]
    family = any(_FAMILY.match(one.text) for one in rest)
    if word.low in _STARTS or (len(word.text) < 2 and not family):
        return 0, ""
    if word.opens and rest[0].first:
        return 0, ""
    if word.opens and not family:
        # The capital may be the sentence's: "Stranda Torstrand har", but "Tadesse Haile Gebre".
        return (1 + following, NAME) if following > 1 else (0, "")
    return 1 + following, NAME


def _surname(words: list[_Word], index: int, text: str) -> int:
    """How many words from here go on as a name: capitals side by side, at most three."""
    many = 0
    while many < 3 and _adjacent(words, index + many, text):
        word = words[index + many]
        if not word.capital or word.opens or word.low in _COMMON or word.low in _STARTS:
            break
        many += 1
    return many


def _adjacent(words: list[_Word], index: int, text: str) -> bool:
    """Whether there is such a word, with nothing but a space or an initial's point before it."""
    if not 0 < index < len(words):
        return False
    between = text[words[index - 1].end : words[index].start]
    return between in (" ", "\u00a0") or (between == ". " and len(words[index - 1].text) == 1)


def _family_in_lower_case(words: list[_Word], index: int, text: str) -> bool:
    return _adjacent(words, index, text) and bool(_FAMILY_IN_LOWER_CASE.match(words[index].low))


def _is_arabic(word: _Word) -> bool:
    return unicodedata.name(word.text[0], "").startswith("ARABIC")
