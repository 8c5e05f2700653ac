"""The shell of every page: rendering, languages, security headers, errors, assets."""
