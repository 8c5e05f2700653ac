"""Pure decisions about a survey: what is asked, on which page, and which answers may stand."""
