//! What is read, what is refused, and that another reader reads likewise.
#![allow(clippy::unwrap_used)]

use super::{Allowance, Element, Tree, Unreadable, decode};
use crate::problem::ProblemKind;

fn parse(text: &str) -> Result<Tree<'_>, Unreadable> {
    Tree::parse(text, &mut Allowance { nodes: 100, depth: 5 })
}

#[test]
fn finds_by_local_name_whatever_the_prefix() {
    let text = "\u{feff}<?xml version='1.0'?><x:OFD xmlns:x='http://www.ofdspec.org' A='1 &amp; 2'>\
                <x:B>t&#x4e00;<![CDATA[<]]>&lt;</x:B><y:B xmlns:y='urn:other'>no</y:B></x:OFD>";
    let tree = parse(text.trim_start_matches('\u{feff}')).unwrap();
    let root = tree.root();
    assert_eq!((root.name(), root.attr("A").unwrap().as_ref()), ("OFD", "1 & 2"));
    let found: Vec<&str> = root.all("B").map(|b| b.text()).collect();
    assert_eq!(found, ["t一<<"]);
    assert_eq!(tree.notes, [ProblemKind::OldNamespace, ProblemKind::SplitText]);
    assert_eq!(parse("<a><z:b/></a>").unwrap().notes, [ProblemKind::NoNamespace, ProblemKind::UnboundPrefix]);
}

/// What readers that go by the letter see otherwise is noted; a section or references alone are not.
#[test]
fn notes_what_reads_in_two_ways() {
    let notes = |inside: &str| {
        let text = format!("<ofd:a xmlns:ofd='http://www.ofdspec.org/2016'>{inside}</ofd:a>");
        parse(&text).unwrap().notes
    };
    for split in [
        "10<!-- -->00",
        "10<?x?>00",
        "10<![CDATA[00]]>",
        "10<b xmlns='urn:o'/>",
        "<ofd:b/>10",
        "<!-- x -->10",
        " <?x?> 10",
        "<![CDATA[]]>10",
        "<![CDATA[ ]]><![CDATA[10]]>",
    ] {
        assert_eq!(notes(split), [ProblemKind::SplitText], "{split}");
    }
    for whole in [
        "1000",
        "<![CDATA[10]]>",
        "1&#48;&lt;00",
        "1000<!-- y -->",
        "<!-- x --><ofd:b>1</ofd:b><?y?> ",
        "<ofd:b>1</ofd:b> <ofd:b/>",
    ] {
        assert_eq!(notes(whole), [], "{whole}");
    }
    for shadow in ["<ofd:b xmlns:ofd='urn:o'/>", "<ofd:b ofd:c='1'/>"] {
        assert_eq!(notes(shadow), [ProblemKind::ShadowedName], "{shadow}");
    }
}

#[test]
fn refuses_document_types_entities_and_excess() {
    let kind = |text: &str| parse(text).map(|_| ()).unwrap_err().kind;
    assert_eq!(kind("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), ProblemKind::XmlDtd);
    assert_eq!(kind("<a>&b;</a>"), ProblemKind::XmlDtd);
    assert_eq!(kind("<a><a><a><a><a><a/></a></a></a></a></a>"), ProblemKind::OverBudget);
    assert_eq!(kind(&format!("<a>{}</a>", "<b/>".repeat(100))), ProblemKind::OverBudget);
    for broken in [
        "",
        "<a>",
        "<a></b>",
        "<a/><a/>",
        "x<a/>",
        "<a b='1' b='2'/>",
        "<a b=1/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<a",
        "<a b",
        "<a b=",
        "<a b='",
        "<",
        "</",
        "</a>",
        "<a><!-- </a>",
        "<a>&#0;</a>",
        "<a>&#xd800;</a>",
        "<a>&#x;</a>",
        "<a>&#+1;</a>",
        "<a>& </a>",
        "<a b='&#0;'/>",
        "<1/>",
        "<:a/>",
        "<a:/>",
        "<a:b:c/>",
        "< a/>",
        "<a/ >",
        "<a/>x",
        "<a></ a>",
        "<a><?x </a>",
    ] {
        assert_eq!(kind(broken), ProblemKind::XmlUnreadable, "{broken}");
    }
}

#[test]
fn every_element_looks_through_few_prefixes() {
    let declared = |count: usize| (0..count).map(|at| format!(" xmlns:p{at}='urn:{at}'")).collect::<String>();
    let parse = |outer: usize, inner: usize| {
        let text = format!("<a{}><b{}/><b{}/></a>", declared(outer), declared(inner), declared(inner));
        Tree::parse(&text, &mut Allowance { nodes: 1000, depth: 5 }).map(|_| ()).map_err(|error| error.detail)
    };
    assert_eq!(parse(32, 32), Ok(()), "what an element declares ends with it");
    assert_eq!(parse(32, 33), Err("namespaces".to_owned()));
}

#[test]
fn characters_are_those_of_xml() {
    let text =
        "<a k='x&#10;y\n\tz&quot;'>\r\n<b>one\r\ntwo\rthree<![CDATA[&amp;\r\n]]>&amp;<!-- - -->x</b>\n <b>  </b></a>";
    let tree = parse(text).unwrap();
    assert_eq!(tree.root().attr("k").unwrap(), "x\ny  z\"");
    let texts: Vec<&str> = tree.root().all("b").map(|b| b.text()).collect();
    assert_eq!(texts, ["one\ntwo\nthree&amp;\n&x", "  "]);
    let deep = parse("<a>x<b/>y</a>").unwrap();
    assert_eq!((deep.root().text(), deep.root().children().count()), ("xy", 1));
}

/// Whatever is read here, another reader reads likewise.
#[test]
fn another_reader_agrees() {
    use quick_xml::events::Event;
    let seed = "<?xml version='1.0'?>\n<o:A xmlns:o='http://www.ofdspec.org/2016' b=\"1 &lt; 2\" c='x'><!-- no -->\
                <o:B>one &amp; two<![CDATA[<three>]]></o:B> <o:C d='&#x4e00;'/>\r\n<D xmlns='urn:x' e='f'>g</D></o:A>";
    let (mut state, mut read) = (7u64, 0);
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for round in 0..30_000 {
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..round % 4 {
            let at = random(bytes.len());
            let with = b"<>/=&;'\" x:#!-]?[\n"[random(18)];
            match random(3) {
                0 => bytes[at] = with,
                1 => bytes.insert(at, with),
                _ => drop(bytes.remove(at)),
            }
        }
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let Ok(tree) = parse(&text) else { continue };
        read += 1;
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut theirs: Vec<(String, Vec<(String, String)>)> = Vec::new();
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
                Event::Start(tag) | Event::Empty(tag) => {
                    let attributes = tag.attributes().map(|attribute| {
                        let attribute = attribute.unwrap_or_else(|error| panic!("{error}: {text}"));
                        (attribute.key.into_inner().to_owned(), attribute.value.into_owned())
                    });
                    theirs.push((tag.name().into_inner().to_owned(), attributes.collect()));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let ours = (0..tree.nodes.len() as u32).map(|at| Element { tree: &tree, at });
        let ours: Vec<_> = ours
            .map(|element| {
                let node = element.node();
                let name = tree.slice(node.start + 1, u32::from(node.prefix) + u32::from(node.name)).to_owned();
                let plain = element.own_attributes().iter().map(|attribute| {
                    (element.key(attribute).to_owned(), tree.slice(attribute.value.0, attribute.value.1).to_owned())
                });
                (name, plain.collect::<Vec<_>>())
            })
            .collect();
        theirs.iter_mut().for_each(|(_, list)| list.retain(|(key, _)| !key.contains(':') && key != "xmlns"));
        assert_eq!(ours, theirs, "{text}");
    }
    assert!(read > 5_000, "{read} were read");
}

#[test]
fn decodes_what_old_producers_wrote() {
    let mut notes = Vec::new();
    let gbk = [b"<?xml version=\"1.0\" encoding=\"GBK\"?><a>".as_slice(), &[0xd6, 0xa4, 0xd5, 0xd5], b"</a>"].concat();
    assert!(decode(gbk.into(), &mut notes).unwrap().contains("证照"));
    assert_eq!(notes, [(ProblemKind::XmlEncoding, "")]);
    assert!(decode([b'<', 0xff].as_slice().into(), &mut notes).is_err());
}
