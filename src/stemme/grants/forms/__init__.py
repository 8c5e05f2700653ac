"""Posted forms about grants: cleaned, and with a sentence for each field that is wrong."""
