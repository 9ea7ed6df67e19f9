"""Asks ofdkit: `text FILE` prints the text objects of every page in drawing order (a JSON list of pages, each a list of
strings), `info FILE` the document's metadata, CustomDatas included (a JSON object)."""
import json
import sys

import ofdkit


def main():
    verb, path = sys.argv[1:]
    with ofdkit.open(path) as document:
        if document.warnings:
            raise SystemExit("\n".join(document.warnings))
        if verb == "text":
            answer = [[run.text for run in page.runs] for page in document.pages]
        else:
            answer = document.info.to_dict()
    json.dump(answer, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
