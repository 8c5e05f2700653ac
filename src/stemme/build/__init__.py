"""What set-up makes before the program runs: assets for the browser and compiled catalogues."""
