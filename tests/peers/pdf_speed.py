#!/usr/bin/env python3
"""How many times a second pyHanko validates a signed PDF strictly on one core: `pdf_speed.py FILE [SECONDS]`.

The same work as ours: reading strictly, digest, CMS, path to the root inside the file, difference analysis. Prints
milliseconds of processor time for each, the best of several rounds.
"""

import asyncio
import io
import logging
import sys
import time

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def once(pdf):
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    for embedded in reader.embedded_signatures:
        roots = [embedded.signer_cert, *embedded.other_embedded_certs]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = asyncio.run(async_validate_pdf_signature(embedded, context))
        assert status.intact and status.valid, status


def main():
    pdf = open(sys.argv[1], "rb").read()
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 6
    once(pdf)
    best = float("inf")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin, calls = time.process_time(), 0
        while time.process_time() - begin < 0.5:
            once(pdf)
            calls += 1
        best = min(best, (time.process_time() - begin) / calls)
    print(f"{best * 1000:.3f}")


if __name__ == "__main__":
    main()
