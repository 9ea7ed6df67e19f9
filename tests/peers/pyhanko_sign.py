"""How fast pyHanko signs: PAdES B-B, P-256, one PDF again and again, everything loaded beforehand.
Arguments: the PDF, the key (PEM or DER), the certificate (PEM), the CA (PEM), seconds to measure. Prints the rate of the
best second."""
import io
import sys
import time

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers


def main():
    pdf, key, certificate, ca, seconds = sys.argv[1:6]
    with open(pdf, "rb") as file:
        data = file.read()
    signer = signers.SimpleSigner.load(key, certificate, ca_chain_files=(ca,), key_passphrase=None)
    told = signers.PdfSignatureMetadata(field_name="Signature1", subfilter=fields.SigSeedSubFilter.PADES)
    pdf_signer = signers.PdfSigner(told, signer=signer)

    def once():
        out = io.BytesIO()
        pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
        return out.getvalue()

    assert len(once()) > len(data)
    best = 0.0
    for _ in range(int(seconds)):
        begin, count = time.process_time(), 0
        while time.process_time() - begin < 1.0:
            once()
            count += 1
        best = max(best, count / (time.process_time() - begin))
    print(f"{best:.1f}")


if __name__ == "__main__":
    main()
