#!/usr/bin/env python3
"""Signs small PDFs with pyHanko in many ways, changes them afterwards, and says what pyHanko's strict validation makes of each.

    pdf_variants.py FOLDER     writes FOLDER/*.pdf and FOLDER/verdicts.json: {name: {"valid": bool, "why": [..]}}

Trust is left aside: every certificate is self-signed. The verdict is pyHanko's own (digest, signature value, coverage,
difference analysis at the level of form filling, and no field but a signature's may change).
"""

import asyncio
import hashlib
import io
import json
import logging
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from asn1crypto import cms, keys as asn1_keys, tsp, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, ed448, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import pdf_byterange
from pyhanko.sign.validation import (EmbeddedPdfSignature, async_validate_pdf_signature, async_validate_pdf_timestamp)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.disable(logging.CRITICAL)
# What a careful signer would not sign is what is to be judged here.
signers.PdfSigner._enforce_certification_constraints = lambda self, reader: None
PADES, ADBE = SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=timezone.utc)


# ---------------------------------------------------------------- keys

def certificate(name, key, eku=None):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(NOW - timedelta(days=30)).not_valid_after(NOW + timedelta(days=3000))
               .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
               .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))
    if eku:
        builder = builder.add_extension(x509.ExtendedKeyUsage([eku]), critical=True)
    plain = isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey))
    made = builder.sign(key, None if plain else hashes.SHA256())
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER)), asn1_keys.PrivateKeyInfo.load(der)


def signer(name, key, **more):
    cert, private = certificate(name, key)
    return signers.SimpleSigner(signing_cert=cert, signing_key=private,
                                cert_registry=SimpleCertificateStore.from_certs([cert]), **more)


RSA = rsa.generate_private_key(65537, 2048)
ALICE = signer("Alice", RSA)
BOB = signer("Bob", ec.generate_private_key(ec.SECP256R1()))
TSA_CERT, TSA_KEY = certificate("Clock", rsa.generate_private_key(65537, 2048), ExtendedKeyUsageOID.TIME_STAMPING)


def clock():
    return timestamps.DummyTimeStamper(tsa_cert=TSA_CERT, tsa_key=TSA_KEY, fixed_dt=NOW,
                                       certs_to_embed=SimpleCertificateStore.from_certs([TSA_CERT]))


class WrongClock(timestamps.DummyTimeStamper):
    """A token over something else: as one that was copied from another file."""

    async def async_timestamp(self, message_digest, md_algorithm):
        other = bytes(len(message_digest))
        return await super().async_timestamp(other, md_algorithm)


# ---------------------------------------------------------------- documents

def document(stream_xrefs=False, form=True, look=True):
    """Two pages; a text field and an annotation on the first when there is a form."""
    w = writer.PdfFileWriter(stream_xrefs=stream_xrefs)
    font = w.add_object(generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type1"),
        pdf_name("/BaseFont"): pdf_name("/Helvetica")}))
    from pyhanko.pdf_utils.writer import PageObject
    for number in (1, 2):
        content = w.add_object(generic.StreamObject(
            stream_data=b"BT /F1 24 Tf 72 700 Td (Page %d) Tj ET" % number))
        page = PageObject(contents=content, media_box=(0, 0, 595, 842), resources=generic.DictionaryObject({
            pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F1"): font})}))
        w.insert_page(page)
    if form:
        page = w.root["/Pages"]["/Kids"].raw_get(0)
        painted = generic.StreamObject(stream_data=b"BT (old) Tj ET", dict_data={
            pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 20)))})
        text = w.add_object(generic.DictionaryObject({
            pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.pdf_string("text"),
            pdf_name("/V"): generic.pdf_string("old"), pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"), pdf_name("/P"): page, pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (72, 600, 272, 620)))}))
        if look:
            text.get_object()[pdf_name("/AP")] = dictionary(N=w.add_object(painted))
        link = w.add_object(generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Square"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 20, 20)))}))
        page.get_object()[pdf_name("/Annots")] = generic.ArrayObject([text, link])
        w.root[pdf_name("/AcroForm")] = w.add_object(generic.DictionaryObject({
            pdf_name("/Fields"): generic.ArrayObject([text]), pdf_name("/SigFlags"): generic.NumberObject(3)}))
    return saved(w)


def saved(w):
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def qpdf(pdf, *args):
    """The same document as qpdf writes it; None without qpdf."""
    if not shutil.which("qpdf"):
        return None
    done = subprocess.run(["qpdf", *args, "-", "-"], input=pdf, capture_output=True, check=False)
    if done.returncode not in (0, 3) or not done.stdout:
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            a, b = Path(folder, "a.pdf"), Path(folder, "b.pdf")
            a.write_bytes(pdf)
            subprocess.run(["qpdf", *args, str(a), str(b)], check=False, capture_output=True)
            return b.read_bytes() if b.exists() else None
    return done.stdout


def revise(pdf, change):
    """One more revision, with whatever `change` does to it."""
    w = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(w)
    return saved(w)


def sign(pdf, name="Sig1", by=ALICE, subfilter=PADES, box=None, stamp=None, certify=None, spec=None, **more):
    w = IncrementalPdfFileWriter(io.BytesIO(pdf))
    reserved = more.pop("bytes_reserved", None)
    meta = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm=more.pop("md", "sha256"), subfilter=subfilter, certify=certify is not None,
        docmdp_permissions=certify or MDPPerm.FILL_FORMS, **more)
    new = spec or (SigFieldSpec(name, box=box) if box else None)
    out = signers.PdfSigner(meta, by, timestamper=stamp, new_field_spec=new).sign_pdf(w, bytes_reserved=reserved)
    return out.getvalue()


def field(name, box=(100, 100, 200, 150), **more):
    def change(w):
        fields.append_signature_field(w, SigFieldSpec(name, box=box, **more))
    return change


def time_stamp(pdf):
    w = IncrementalPdfFileWriter(io.BytesIO(pdf))
    context = ValidationContext(trust_roots=[TSA_CERT], allow_fetching=False, moment=NOW)
    return signers.PdfTimeStamper(clock()).timestamp_pdf(w, "sha256", context).getvalue()


def store(pdf, certs=(TSA_CERT,), contents=None):
    out = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(out, sig_contents=contents, certs=list(certs))
    return out.getvalue()


def number(*values):
    return generic.ArrayObject(map(generic.NumberObject, values))


def first_page(w):
    return w.root["/Pages"]["/Kids"][0]


def dictionary(**keys):
    return generic.DictionaryObject({pdf_name("/" + key): value for key, value in keys.items()})


# ---------------------------------------------------------------- changes after signing

def fill(w):
    text = w.root["/AcroForm"]["/Fields"][0]
    text[pdf_name("/V")] = generic.pdf_string("new")
    w.update_container(text)


def annotate(w):
    page = first_page(w)
    note = dictionary(Type=pdf_name("/Annot"), Subtype=pdf_name("/FreeText"), Rect=number(0, 0, 500, 800),
                      Contents=generic.pdf_string("void"), DA=generic.pdf_string("/F1 9 Tf"))
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", []), w.add_object(note)])
    w.update_container(page)


def page_key(key, value):
    def change(w):
        page = first_page(w)
        page[pdf_name(key)] = value
        w.update_container(page)
    return change


def root_key(key, make):
    def change(w):
        w.root[pdf_name(key)] = make(w)
        w.update_root()
    return change


def overwrite_content(w):
    page = first_page(w)
    ref = page.raw_get("/Contents")
    w.mark_update(ref)
    stream = ref.get_object()
    stream._data = b"BT /F1 24 Tf 72 700 Td (Forged) Tj ET"
    stream._encoded_data = None


def new_content(w):
    page = first_page(w)
    page[pdf_name("/Contents")] = w.add_object(generic.StreamObject(stream_data=b"BT /F1 9 Tf (Forged) Tj ET"))
    w.update_container(page)


def more_content(w):
    page = first_page(w)
    more = w.add_object(generic.StreamObject(stream_data=b"BT /F1 9 Tf (more) Tj ET"))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), more])
    w.update_container(page)


def font_changed(w):
    font = first_page(w)["/Resources"]["/Font"]["/F1"]
    font[pdf_name("/BaseFont")] = pdf_name("/Symbol")
    w.update_container(font)


def page_added(w):
    kids = w.root["/Pages"]["/Kids"]
    page = w.add_object(dictionary(Type=pdf_name("/Page"), Parent=w.root.raw_get("/Pages"),
                                   MediaBox=number(0, 0, 595, 842)))
    kids.append(page)
    pages = w.root["/Pages"]
    pages[pdf_name("/Count")] = generic.NumberObject(3)
    w.update_container(pages)


def pages_swapped(w):
    pages = w.root["/Pages"]
    pages[pdf_name("/Kids")] = generic.ArrayObject(list(reversed(pages["/Kids"])))
    w.update_container(pages)


def field_dropped(w):
    form = w.root["/AcroForm"]
    form[pdf_name("/Fields")] = generic.ArrayObject(list(form["/Fields"])[:-1])
    w.update_container(form)


def info(w):
    w.set_info(w.add_object(dictionary(Title=generic.pdf_string("Other"))))


def unused(w):
    w.add_object(generic.StreamObject(stream_data=b"waiting"))


def signature_reworded(w):
    value = w.root["/AcroForm"]["/Fields"][-1]["/V"]
    value[pdf_name("/Reason")] = generic.pdf_string("another")
    w.update_container(value)


def widget_moved(w):
    widget = w.root["/AcroForm"]["/Fields"][-1]
    widget[pdf_name("/Rect")] = number(0, 0, 590, 840)
    w.update_container(widget)


def looks_changed(w):
    widget = w.root["/AcroForm"]["/Fields"][-1]
    look = generic.StreamObject(stream_data=b"0 0 9 9 re f", dict_data={
        pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): number(0, 0, 9, 9)})
    widget[pdf_name("/AP")] = dictionary(N=w.add_object(look))
    w.update_container(widget)


def form_key(key, value):
    def change(w):
        form = w.root["/AcroForm"]
        form[pdf_name(key)] = value
        w.update_container(form)
    return change


def store_dropped(w):
    del w.root["/DSS"]
    w.update_root()


def store_thinned(w):
    dss = w.root["/DSS"]
    dss[pdf_name("/Certs")] = generic.ArrayObject([])
    w.update_container(dss)


def javascript(w):
    return dictionary(S=pdf_name("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))


# ---------------------------------------------------------------- offsets, shared parts, signature values

def early(pdf):
    """The same, its startxref naming the end of the line before the section, as npm's signpdf writes it."""
    at = pdf.rindex(b"startxref") + 10
    end = at + pdf[at:].index(b"\n")
    number = int(pdf[at:end])
    assert pdf[number - 1:number] in (b"\n", b"\r"), "no line ends there"
    return pdf[:at] + b"%d" % (number - 1) + pdf[end:]


def picture(text=b"0 0 9 9 re f", **keys):
    return generic.StreamObject(stream_data=text, dict_data={
        pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"),
        pdf_name("/BBox"): number(0, 0, 100, 50), **{pdf_name("/" + key): value for key, value in keys.items()}})


def shared_looks(where, indirect=True):
    """A prepared field whose appearance (dictionary, or stream) something else refers to, too."""
    def change(w):
        fields.append_signature_field(w, SigFieldSpec("Late", box=(300, 100, 400, 150)))
        widget = w.root["/AcroForm"]["/Fields"][-1]
        stream = w.add_object(picture())
        looks = w.add_object(dictionary(N=stream)) if indirect else None
        widget[pdf_name("/AP")] = looks or dictionary(N=stream)
        w.update_container(widget)
        shared = looks or stream
        if where == "catalog":
            w.root[pdf_name("/FooBar")] = shared
            w.update_root()
        elif where == "page":
            page = first_page(w)
            page["/Resources"][pdf_name("/XObject")] = dictionary(X=shared)
            w.update_container(page)
    return change


def overwrite_looks(w):
    widget = next(field for field in w.root["/AcroForm"]["/Fields"] if field["/T"] == "Late")
    ref = widget["/AP"].raw_get("/N")
    w.mark_update(ref)
    stream = ref.get_object()
    stream._data, stream._encoded_data = b"0 0 90 40 re f", None


def resources_of_form(shared, painted=True):
    """Resources for text fields; the dictionary of fonts is the page's own as well, when it is shared."""
    def change(w):
        page = first_page(w)
        fonts = page["/Resources"]["/Font"]
        form = w.root["/AcroForm"]
        held = w.add_object(generic.DictionaryObject(fonts))
        if shared:
            page["/Resources"][pdf_name("/Font")] = held
            w.update_container(page)
        form[pdf_name("/DR")] = dictionary(Font=held)
        form[pdf_name("/DA")] = generic.pdf_string("/F1 9 Tf")
        w.update_container(form)
        if painted:
            widget = form["/Fields"][0]
            widget["/AP"] = dictionary(N=w.add_object(picture(b"BT (old) Tj ET", Resources=dictionary())))
            w.update_container(widget)
    return change


def more_fonts(w):
    fonts = w.root["/AcroForm"]["/DR"]["/Font"]
    fonts[pdf_name("/F9")] = w.add_object(dictionary(Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"),
                                                     BaseFont=pdf_name("/Symbol")))
    w.update_container(fonts)


def with_cms(pdf, change):
    """The signature value with something changed that no signature covers."""
    reader = PdfFileReader(io.BytesIO(pdf))
    signature = reader.embedded_signatures[-1].sig_object
    _, start, end, _ = (int(n) for n in signature["/ByteRange"])
    info = cms.ContentInfo.load(bytes(signature.raw_get("/Contents").original_bytes))
    data = info["content"]
    change(data)
    remade = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump(force=True).hex().encode()
    assert len(remade) <= end - start - 2, "no room"
    return pdf[:start + 1] + remade.ljust(end - start - 2, b"0") + pdf[end - 1:]


def digests(*names):
    def change(data):
        data["digest_algorithms"] = [{"algorithm": name} for name in names]
    return change


def archived_inside(data):
    token = asyncio.run(clock().async_timestamp(bytes(32), "sha256"))
    attribute = cms.CMSAttribute({"type": "0.4.0.1733.2.4", "values": [token]})
    data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])


def named(pdf, attribute, value, subfilter=PADES):
    """Signed with `attribute` in the place of signing-certificate-v2."""
    class Naming(signers.SimpleSigner):
        async def signed_attrs(self, *args, **kwargs):
            usual = await super().signed_attrs(*args, **kwargs)
            kept = [found for found in usual if found["type"].native != "signing_certificate_v2"]
            return cms.CMSAttributes([*kept, cms.CMSAttribute({"type": attribute, "values": [value]})])
    by = Naming(signing_cert=ALICE.signing_cert, signing_key=ALICE.signing_key, cert_registry=ALICE.cert_registry)
    return sign(pdf, by=by, subfilter=subfilter, bytes_reserved=16384)


def certificate_names():
    """What a signing-certificate attribute of either version may say."""
    der = ALICE.signing_cert.dump()
    for who, sha1, sha256 in (("signer", hashlib.sha1(der).digest(), hashlib.sha256(der).digest()),
                              ("another", bytes(20), bytes(32))):
        yield f"v1-{who}", "signing_certificate", tsp.SigningCertificate({"certs": [{"cert_hash": sha1}]})
        yield f"v2-{who}", "signing_certificate_v2", tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256}]})
        yield f"v2-old-{who}", "signing_certificate_v2", tsp.SigningCertificateV2({"certs": [
            {"hash_algorithm": {"algorithm": "sha1"}, "cert_hash": sha1}]})


def dated(pdf, text, subfilter):
    """Signed with this for a date in the signature dictionary."""
    made = pdf_byterange.PdfSignedData.__init__

    def init(self, *args, **kwargs):
        made(self, *args, **kwargs)
        self[pdf_name("/M")] = generic.pdf_string(text)
    pdf_byterange.PdfSignedData.__init__ = init
    try:
        return sign(pdf, subfilter=subfilter)
    finally:
        pdf_byterange.PdfSignedData.__init__ = made


CHANGES = {
    "fill": fill, "annotate": annotate, "rotate": page_key("/Rotate", generic.NumberObject(90)),
    "crop": page_key("/CropBox", number(0, 0, 99, 99)), "media": page_key("/MediaBox", number(0, 0, 99, 99)),
    "overwrite-content": overwrite_content, "new-content": new_content, "more-content": more_content,
    "font": font_changed, "page-added": page_added, "pages-swapped": pages_swapped, "field-dropped": field_dropped,
    "info": info, "unused": unused, "reworded": signature_reworded, "widget-moved": widget_moved,
    "looks": looks_changed, "open-action": root_key("/OpenAction", javascript),
    "lang": root_key("/Lang", lambda w: generic.pdf_string("de")),
    "version": root_key("/Version", lambda w: pdf_name("/1.7")),
    "names": root_key("/Names", lambda w: dictionary(EmbeddedFiles=dictionary(Names=generic.ArrayObject()))),
    "layers": root_key("/OCProperties", lambda w: dictionary(OCGs=generic.ArrayObject(), D=dictionary())),
    "extensions": root_key("/Extensions", lambda w: dictionary(ESIC=dictionary(
        BaseVersion=pdf_name("/1.7"), ExtensionLevel=generic.NumberObject(2)))),
    "need-appearances": form_key("/NeedAppearances", generic.BooleanObject(True)),
    "form-defaults": form_key("/DA", generic.pdf_string("/F1 9 Tf")),
    "empty-visible-field": field("Late"), "empty-invisible-field": field("Late", box=None),
}


def variants():
    table, streams = document(), document(stream_xrefs=True)
    bases = {"table": table, "streams": streams, "plain": document(form=False)}
    for name, args in (("linear", ["--linearize"]), ("packed", ["--object-streams=generate"]),
                       ("linear-packed", ["--linearize", "--object-streams=generate"]), ("commented", ["--qdf"])):
        made = qpdf(table, *args)
        if made:
            bases[name] = made
    for base, pdf in bases.items():
        yield f"{base}-unsigned", lambda: pdf
        one = sign(pdf)
        yield f"{base}-pades", lambda: one
        yield f"{base}-adbe", lambda: sign(pdf, subfilter=ADBE)
        yield f"{base}-visible", lambda: sign(pdf, box=(100, 100, 200, 150))
        yield f"{base}-twice", lambda: sign(one, "Sig2", BOB)
        yield f"{base}-twice-visible", lambda: sign(sign(pdf, box=(10, 10, 90, 60)), "Sig2", BOB, box=(100, 10, 190, 60))
        yield f"{base}-stamped", lambda: sign(pdf, stamp=clock())
        yield f"{base}-doc-time-stamp", lambda: time_stamp(one)
        yield f"{base}-time-stamp-alone", lambda: time_stamp(pdf)
        yield f"{base}-time-stamp-first", lambda: sign(time_stamp(pdf))
        yield f"{base}-store", lambda: store(one)
        yield f"{base}-lta", lambda: store(time_stamp(store(sign(pdf, stamp=clock()))))
        for p in MDPPerm:
            certified = sign(pdf, certify=p)
            yield f"{base}-certified-{p.value}", lambda: certified
            yield f"{base}-certified-{p.value}-then-stamp", lambda: time_stamp(store(certified))
            yield f"{base}-certified-{p.value}-then-signed", lambda: sign(certified, "Sig2", BOB)
            yield f"{base}-certified-{p.value}-then-visible", lambda: sign(certified, "Sig2", BOB, box=(10, 10, 90, 60))
            prepared = sign(revise(pdf, field("Sig2")), certify=p)
            yield f"{base}-certified-{p.value}-prepared", lambda: sign(prepared, "Sig2", BOB)
    approval, certified = sign(table, box=(100, 100, 200, 150)), sign(table, box=(100, 100, 200, 150), certify=MDPPerm.ANNOTATE)
    packed = sign(streams, box=(100, 100, 200, 150))
    for name, change in CHANGES.items():
        yield f"after-approval-{name}", lambda: revise(approval, change)
        yield f"after-approval-{name}-then-signed", lambda: sign(revise(approval, change), "Sig9", BOB)
        yield f"after-certified-{name}", lambda: revise(certified, change)
        yield f"after-packed-{name}", lambda: revise(packed, change)
    stored = store(sign(table))
    yield "store-dropped", lambda: revise(stored, store_dropped)
    yield "store-thinned", lambda: revise(stored, store_thinned)
    yield "store-twice", lambda: store(stored, [ALICE.signing_cert])
    # prepared fields and locks; pyHanko takes an older appearance of the text field for a change of it
    table = document(look=False)
    two = revise(revise(table, field("A")), field("B", box=(300, 100, 400, 150)))
    yield "prepared-both", lambda: sign(sign(two, "A"), "B", BOB)
    for name, action, names in (("all", FieldMDPAction.ALL, None), ("include", FieldMDPAction.INCLUDE, ["B"]),
                                ("include-other", FieldMDPAction.INCLUDE, ["text"]),
                                ("exclude", FieldMDPAction.EXCLUDE, ["B"]),
                                ("exclude-other", FieldMDPAction.EXCLUDE, ["text"])):
        lock = FieldMDPSpec(action, names)
        locking = revise(revise(table, field("A", field_mdp_spec=lock)), field("B", box=(300, 100, 400, 150)))
        first = sign(locking, "A")
        yield f"lock-{name}-then-b", lambda: sign(first, "B", BOB)
        yield f"lock-{name}-then-stamp", lambda: time_stamp(first)
        yield f"lock-{name}-then-fill", lambda: revise(first, fill)
        yield f"lock-{name}-then-new", lambda: sign(first, "C", BOB)
        yield f"lock-{name}-then-new-visible", lambda: sign(first, "C", BOB, box=(10, 10, 90, 60))
    for p in MDPPerm:
        spec = dict(field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, ["text"]), doc_mdp_update_value=p)
        first = sign(sign(revise(table, field("A", **spec))), "A", BOB)
        yield f"lock-permission-{p.value}", lambda: first
        yield f"lock-permission-{p.value}-then-signed", lambda: sign(first, "C", BOB)
        yield f"lock-permission-{p.value}-then-stamp", lambda: time_stamp(first)
    yield "widget-apart", lambda: sign(table, spec=SigFieldSpec("Sig1", box=(9, 9, 99, 99), combine_annotation=False))
    yield "widget-apart-twice", lambda: sign(sign(table, spec=SigFieldSpec("Sig1", box=(9, 9, 99, 99), combine_annotation=False)),
                                     "Sig2", BOB, spec=SigFieldSpec("Sig2", box=(109, 9, 199, 99), combine_annotation=False))
    # algorithms
    for name, key in (("p384", ec.generate_private_key(ec.SECP384R1())), ("ed25519", ed25519.Ed25519PrivateKey.generate()),
                      ("p521", ec.generate_private_key(ec.SECP521R1())), ("ed448", ed448.Ed448PrivateKey.generate()),
                      ("brainpool256", ec.generate_private_key(ec.BrainpoolP256R1())),
                      ("rsa3072", rsa.generate_private_key(65537, 3072))):
        md = {"p384": "sha384", "p521": "sha512", "ed25519": "sha512", "ed448": "shake256"}.get(name, "sha256")
        yield f"key-{name}", lambda: sign(table, by=signer(name, key), md=md)
    for md in ("sha1", "sha224", "sha384", "sha512", "sha3_256"):
        yield f"rsa-{md}", lambda: sign(table, md=md)
        yield f"ecdsa-{md}", lambda: sign(table, by=BOB, md=md)
    for md in ("sha224", "sha256", "sha384", "sha512", "sha3_256"):
        yield f"pss-{md}", lambda: sign(table, by=signer("PSS", RSA, prefer_pss=True), md=md)
    for name, key, md in (("p384-sha3_384", ec.generate_private_key(ec.SECP384R1()), "sha3_384"),
                          ("p384-sha512", ec.generate_private_key(ec.SECP384R1()), "sha512"),
                          ("p521-sha256", ec.generate_private_key(ec.SECP521R1()), "sha256"),
                          ("p521-sha3_512", ec.generate_private_key(ec.SECP521R1()), "sha3_512"),
                          ("brainpool384", ec.generate_private_key(ec.BrainpoolP384R1()), "sha384"),
                          ("rsa4096-sha512", rsa.generate_private_key(65537, 4096), "sha512"),
                          ("rsa2049", rsa.generate_private_key(65537, 2049), "sha256")):
        yield f"key-{name}", lambda: sign(table, by=signer(name, key), md=md)
    wrong = WrongClock(tsa_cert=TSA_CERT, tsa_key=TSA_KEY, fixed_dt=NOW,
                       certs_to_embed=SimpleCertificateStore.from_certs([TSA_CERT]))
    yield "stamp-of-another", lambda: sign(table, stamp=wrong)
    # offsets that name the white space before
    for base, pdf in (("table", document()), ("streams", document(stream_xrefs=True))):
        yield f"{base}-startxref-early", lambda: sign(early(pdf))
        yield f"{base}-startxref-early-twice", lambda: sign(sign(early(pdf)), "Sig2", BOB)
    # what a prepared field looks like is not for its signer to say when it is somebody else's too
    for where in ("nowhere", "catalog", "page"):
        for kind, indirect in (("dictionary", True), ("stream", False)):
            waiting = sign(revise(table, shared_looks(where, indirect)))
            yield f"looks-{kind}-shared-{where}", lambda: sign(waiting, "Late", BOB)
            yield f"looks-{kind}-shared-{where}-overwritten", lambda: sign(revise(waiting, overwrite_looks), "Late", BOB)
    # defaults of forms
    for name, shared in (("own", False), ("shared", True)):
        resources = sign(revise(table, resources_of_form(shared)))
        yield f"fonts-{name}", lambda: resources
        yield f"fonts-{name}-more", lambda: sign(revise(resources, more_fonts), "Sig2", BOB)
    bare = sign(document(look=False))
    yield "defaults-paint-a-field", lambda: sign(revise(bare, form_key("/DA", generic.pdf_string("/F1 9 Tf"))), "Sig2", BOB)
    # what no signature covers of a signature value; content and archive time-stamps
    for name, listed in (("none", ()), ("another", ("sha512",)), ("more", ("sha1", "sha256"))):
        yield f"digests-{name}-listed", lambda: with_cms(sign(table), digests(*listed))
    yield "archive-stamp-inside", lambda: with_cms(sign(table, bytes_reserved=32000), archived_inside)
    content = CAdESSignedAttrSpec(timestamp_content=True)
    yield "content-stamp", lambda: sign(table, stamp=clock(), cades_signed_attr_spec=content)
    yield "content-stamp-of-another", lambda: sign(table, stamp=wrong, cades_signed_attr_spec=content)
    for form, subfilter in (("pades", PADES), ("adbe", ADBE)):
        for name, attribute, value in certificate_names():
            yield f"names-{name}-{form}", lambda: named(table, attribute, value, subfilter)
        for name, text in (("none", "yesterday"), ("zone-as-iso", "D:20261201020000+0800")):
            yield f"date-{name}-{form}", lambda: dated(table, text, subfilter)
    yield "signing-time-attribute", lambda: sign(table, subfilter=ADBE, use_pades_lta=False)
    # bytes
    signed = sign(table)
    yield "bytes-behind", lambda: signed + b"x"
    yield "line-behind", lambda: signed + b"\n\n"
    yield "bytes-before", lambda: b"\n" + signed
    yield "digit-changed", lambda: signed.replace(b"(Page 1)", b"(Page 7)")
    yield "truncated", lambda: signed[:-8]
    at = signed.rindex(b"/ByteRange")
    for name, text in (("zero", b"[0 0 0 0]"), ("null", b"null"), ("negative", b"[0 -1 2 3]"), ("two", b"[0 9]")):
        end = signed.index(b"]", at) + 1
        room = end - at - len(b"/ByteRange ")
        yield f"byte-range-{name}", lambda: signed[:at] + b"/ByteRange " + text.ljust(room) + signed[end:]


# ---------------------------------------------------------------- the verdict

def differs(reader, emb, name):
    """Whether a field really changed: pyHanko also names those whose appearance is older than the signed revision."""
    def state(view):
        for found in view.root["/AcroForm"]["/Fields"]:
            found = found.get_object()
            if found.get("/T") == name:
                look = found["/AP"]["/N"] if "/AP" in found else None
                return found, look and look.data
        return None
    return state(reader.get_historical_resolver(emb.signed_revision)) != state(reader)


async def verdict(pdf):
    why = []
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        embedded = reader.embedded_signatures
        if not embedded:
            return ["no-signature"]
        if not pdf.startswith(b"%PDF-"):
            why.append("header")
        if pdf[pdf.rindex(b"%%EOF") + 5:] not in (b"", b"\n", b"\r", b"\r\n"):
            why.append("bytes-behind")
        names = {emb.field_name for emb in embedded}
        for emb in embedded:
            context = dict(trust_roots=[emb.signer_cert, TSA_CERT], allow_fetching=False, moment=NOW,
                           weak_hash_algos={"md5", "sha1"})
            if emb.sig_object_type == "/DocTimeStamp":
                status = await async_validate_pdf_timestamp(emb, ValidationContext(**context))
            else:
                status = await async_validate_pdf_signature(
                    emb, ValidationContext(**context), ValidationContext(**context))
                if status.docmdp_ok is not True:
                    why.append(f"{emb.field_name}: docmdp")
                stamp = status.timestamp_validity
                if stamp is not None and not (stamp.valid and stamp.intact):
                    why.append(f"{emb.field_name}: stamp")
            if not (status.intact and status.valid):
                why.append(f"{emb.field_name}: broken")
            if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
                why.append(f"{emb.field_name}: coverage")
            diff = status.diff_result
            if not isinstance(diff, DiffResult):
                why.append(f"{emb.field_name}: {str(diff)[:120]}")
            elif diff.modification_level > ModificationLevel.FORM_FILLING:
                why.append(f"{emb.field_name}: {diff.modification_level.name}")
            elif other := sorted(name for name in set(diff.changed_form_fields) - names if differs(reader, emb, name)):
                why.append(f"{emb.field_name}: fields {other}")
            if (status.md_algorithm or "").lower() in ("md5", "sha1"):
                why.append(f"{emb.field_name}: weak")
    except Exception as exc:  # whatever it is, it is not valid
        why.append(f"{type(exc).__name__}: {str(exc)[:120]}")
    return why


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    said = {}
    for name, make in variants():
        try:
            pdf = make()
        except Exception as exc:  # pyHanko does not make such a file
            print(f"not made: {name}: {type(exc).__name__}: {exc}", file=sys.stderr)
            continue
        (folder / f"{name}.pdf").write_bytes(pdf)
        why = asyncio.run(verdict(pdf))
        said[name] = {"valid": not why, "why": why}
    (folder / "verdicts.json").write_text(json.dumps(said, indent=1, ensure_ascii=False))
    print(f"{len(said)} files, {sum(row['valid'] for row in said.values())} valid")


if __name__ == "__main__":
    main()
