"""Asks gmssl: `sm3` digests standard input, `verify KEY SIG` checks an SM2 signature over it and prints
`good` or `bad`."""
import sys

from gmssl import func, sm2, sm3


def main():
    verb, data = sys.argv[1], sys.stdin.buffer.read()
    if verb == "sm3":
        print(sm3.sm3_hash(func.bytes_to_list(data)))
        return 0
    key, signature = sys.argv[2], sys.argv[3]
    if len(key) != 130 or not key.startswith("04"):
        raise SystemExit("the key must be an uncompressed point")
    judge = sm2.CryptSM2(private_key="", public_key="", asn1=True)
    # The constructor strips every leading 0 and 4, so a coordinate that begins with one would be cut.
    judge.public_key = key[2:]
    try:
        good = judge.verify_with_sm3(signature, data)
    except (ValueError, IndexError, TypeError):
        good = False  # not a DER sequence of two integers, or not a point
    print("good" if good else "bad")
    return 0


if __name__ == "__main__":
    sys.exit(main())
