"""Use cases of the dialogue: taking part, moderation, the order of statements, the release."""
