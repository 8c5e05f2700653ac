"""The youth panel: proposals, votes that are secret and can be recounted, and Nabolagspotten."""
