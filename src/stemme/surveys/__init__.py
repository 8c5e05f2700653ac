"""Surveys: their definition, answering them, publishing them and their waves."""
