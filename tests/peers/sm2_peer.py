"""Asks gmssl about many SM2 signatures at once. Standard input: JSON lines {key, id, msg, sig, raw} in hexadecimal, or
{secret, msg} to sign; one line of answer each: `good`, `bad`, or the signature."""
import json
import sys

from gmssl import func, sm2, sm3


def digest(data):
    return sm3.sm3_hash(func.bytes_to_list(data))


def main():
    for line in sys.stdin:
        ask = json.loads(line)
        engine = sm2.CryptSM2(private_key=ask.get("secret", ""), public_key="", asn1=not ask.get("raw"))
        # The constructor strips every leading 0 and 4, so a coordinate that begins with one would be cut.
        engine.public_key = ask["key"][2:]
        table = engine.ecc_table
        ident = bytes.fromhex(ask["id"])
        head = (8 * len(ident)).to_bytes(2, "big").hex() + ident.hex() + table["a"] + table["b"] + table["g"]
        z = digest(bytes.fromhex(head + engine.public_key))
        e = bytes.fromhex(digest(bytes.fromhex(z) + bytes.fromhex(ask["msg"])))
        if "secret" in ask:
            print(engine.sign(e, ask["nonce"]))
            continue
        try:
            good = engine.verify(ask["sig"], e)
        except (ValueError, IndexError, TypeError, EOFError, AttributeError):
            good = False  # not what it calls a signature, or a point at infinity
        print("good" if good else "bad")


if __name__ == "__main__":
    main()
