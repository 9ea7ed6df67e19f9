"""Asks ofdkit for the text objects of every page: a JSON list of pages, each a list of strings in drawing order."""
import json
import sys

import ofdkit

with ofdkit.open(sys.argv[1]) as document:
    pages = [[run.text for run in page.runs] for page in document.pages]
    if document.warnings:
        raise SystemExit("\n".join(document.warnings))
json.dump(pages, sys.stdout, ensure_ascii=False)
