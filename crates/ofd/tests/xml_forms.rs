//! XML that is not as the standard has it, though some reader takes it, and encodings that a file only claims: named,
//! each by its kind. What honest producers write is read.
#![allow(clippy::unwrap_used)]

use ofd::{Budget, Package, ProblemClass, ProblemKind, inspect_bytes};

const NS: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// What is serious in a package whose page is this file.
fn page_of(page: &[u8]) -> Vec<ProblemKind> {
    let entry = format!(
        "<ofd:OFD {NS} Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    );
    let root = format!(
        "<ofd:Document {NS}><ofd:CommonData/><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>"
    );
    let mut package = Package::new();
    package.add("OFD.xml", entry.into_bytes()).unwrap();
    package.add("D.xml", root.into_bytes()).unwrap();
    package.add("P.xml", page.to_vec()).unwrap();
    let facts = inspect_bytes(&package.to_zip().unwrap(), &Budget::default()).unwrap();
    let kinds = facts.problems.iter().map(|problem| problem.kind);
    kinds.filter(|kind| kind.class() != ProblemClass::Tolerated).collect()
}

/// A page with this inside, behind this declaration.
fn page(declaration: &str, inside: &str) -> String {
    format!("{declaration}<ofd:Page {NS}><ofd:Content>{inside}</ofd:Content></ofd:Page>")
}

fn inside(text: &str) -> Vec<ProblemKind> {
    page_of(page(DECLARATION, text).as_bytes())
}

#[test]
fn what_is_not_well_formed_is_not_read() {
    let broken = [
        "a\u{1}b",
        "a\u{8}b",
        "a\u{b}b",
        "a\u{0}b",
        "a\u{fffe}b",
        "a\u{ffff}b",
        "<b c='\u{1f}'/>",
        "<!-- \u{2} -->",
        "<![CDATA[\u{3}]]>",
        "<!-- a -- b -->",
        "<!-- a --->",
        "<!--->",
        "]]>",
        "a]]>b",
        "<?xml version=\"1.0\" encoding=\"GBK\"?>",
        "<?XML version='1.0'?>",
        "<?xMl?>",
        "<?a:b c?>",
        "<?a!b?>",
        "<b c='<'/>",
        "<b c='1' c='2'/>",
        "<b x:c='1' x:c='2' xmlns:x='u'/>",
        "<b x:c='1' y:c='2' xmlns:x='u' xmlns:y='u'/>",
        "<b xmlns:x='u' xmlns:y='u'><d x:c='1' y:c='2'/></b>",
        "<b xmlns:x=''/>",
        "<b xmlns:xmlns='u'/>",
        "<b xmlns:xml='u'/>",
        "<b xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
        "<b xmlns:x='http://www.w3.org/2000/xmlns/'/>",
        "<b xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<b x:y:z='1'/>",
        "<b x:='1'/>",
        "<b :x='1'/>",
        "<ofd:1/>",
        "<ofd:-a/>",
        "<a\u{d7}/>",
        "<\u{b7}a/>",
        "<\u{300}/>",
        "<b \u{2190}='1'/>",
        "<b c='&#8;'/>",
        "<b x:c='&#8;' xmlns:x='u'/>",
        "<b x:c='&' xmlns:x='u'/>",
        "&#xfffe;",
    ];
    for text in broken {
        assert_eq!(inside(text), [ProblemKind::XmlUnreadable], "{text:?}");
    }
    assert_eq!(inside("<b x:c='&d;' xmlns:x='u'/>"), [ProblemKind::XmlDtd]);
    for outside in ["<![CDATA[ ]]>", "&#32;", "<?xml version='1.0'?>", "<!-- -- -->", "\u{1}"] {
        let behind = format!("{}{outside}", page(DECLARATION, ""));
        let before = page(&format!("{DECLARATION}{outside}"), "");
        for text in [behind, before] {
            assert_eq!(page_of(text.as_bytes()), [ProblemKind::XmlUnreadable], "{text:?}");
        }
    }
    let honest = [
        "<!-- a - b -->",
        "<!---->",
        "<?a?><?b c?><?xml-stylesheet href='a'?>",
        "<b c='>' d=']]&gt;'/>",
        "<![CDATA[]]]]>",
        "<b xml:lang='zh' xmlns='u'/>",
        "<b x:c='1' y:c='2' xmlns:x='u' xmlns:y='v'/>",
        "<b xmlns:x='u'><d x:c='1'/><d xmlns:x='v' x:c='1'/></b>",
        "<证照 编号='1'/>",
        "<\u{20000}/>",
        "<b>\u{85}\u{7f}\u{2028}\u{fffd}\u{e000}\u{10ffff}</b>",
        "<b>]] ></b>",
        " \t\r\n",
    ];
    for text in honest {
        assert_eq!(inside(text), [], "{text:?}");
    }
}

/// Readers that go by the letter or by the local part take such attributes for those of the standard.
#[test]
fn attributes_in_the_dress_of_others_are_named() {
    for text in [
        "<ofd:Layer Type='Body' x:Type='Background' xmlns:x='u'/>",
        "<ofd:Layer o:Type='Body' xmlns:o='http://www.ofdspec.org/2016'/>",
        "<ofd:Layer o:Type='Body' xmlns:o='http://www.ofdspec.org'/>",
        "<ofd:Layer ofd:Type='Body'/>",
    ] {
        assert_eq!(inside(text), [ProblemKind::ShadowedName], "{text}");
    }
    assert_eq!(inside("<ofd:Layer x:Type='Body'/>"), [ProblemKind::UnboundPrefix]);
    assert_eq!(inside("<ofd:Layer x:note='Body' xmlns:x='u'/>"), []);
}

#[test]
fn declarations_are_as_the_grammar_has_them() {
    let long = " ".repeat(5000);
    for broken in [
        "<?xml version=\"2.0\"?>",
        "<?xml version=\"1.\"?>",
        "<?xml version=\"1.0a\"?>",
        "<?xml version=1.0?>",
        "<?xml?>",
        "<?xml ?>",
        "<?xml encoding=\"UTF-8\"?>",
        "<?xml encoding=\"UTF-8\" version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" encoding=\"GBK\"?>",
        "<?xml version=\"1.0\" xencoding=\"UTF-8\" encoding=\"GBK\"?>",
        "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"GBK\"?>",
        "<?xml version=\"1.0\" standalone=\"maybe\"?>",
        "<?xml version=\"1.0\"encoding=\"GBK\"?>",
        "<?xml version=\"1.0\" encoding=\" GBK\"?>",
        "<?xml version=\"1.0\" encoding=\"\"?>",
        "<?xml version=\"1.0\" encoding='GBK\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\">",
        "<?XML version=\"1.0\" encoding=\"UTF-8\"?>",
        " <?xml version=\"1.0\" encoding=\"GBK\"?>",
        "\n<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\"?><?xml version=\"1.0\"?>",
        &format!("<?xml version=\"1.0\"{long}encoding=\"GBK\"?>"),
    ] {
        assert_eq!(page_of(page(broken, "字").as_bytes()), [ProblemKind::XmlUnreadable], "{broken:?}");
    }
    for honest in [
        "",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding='utf-8' standalone=\"no\" ?>\r\n",
        "<?xml\tversion = \"1.0\"\n encoding = \"UTF-8\"?>",
        "<?xml version=\"1.0\" standalone=\"yes\"?><!-- first -->",
        "<?xml version=\"1.1\" encoding=\"UTF8\"?>",
        "<?xml-stylesheet href=\"a\"?>",
    ] {
        assert_eq!(page_of(page(honest, "字").as_bytes()), [], "{honest:?}");
    }
    // XML 1.1 ends lines at more characters, and wants others written as references.
    for c in ['\u{85}', '\u{2028}', '\u{7f}', '\u{9f}'] {
        let of = |version: &str| page_of(page(&format!("<?xml version='{version}'?>"), &format!("a{c}b")).as_bytes());
        assert_eq!((of("1.0"), of("1.1")), (vec![], vec![ProblemKind::XmlUnreadable]), "{c:?}");
    }
}

#[test]
fn an_encoding_is_the_one_that_is_declared() {
    let said = |encoding: &str, blanks: usize| {
        page(&format!("<?xml version=\"1.0\"{}encoding=\"{encoding}\"?>", " ".repeat(blanks)), "证照")
    };
    let ascii = |encoding: &str| page(&format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>"), "abc").into_bytes();
    // 证照 as GBK has it.
    let gbk = |encoding: &str| {
        let text = said(encoding, 1);
        let (before, after) = text.split_once("证照").unwrap();
        [before.as_bytes(), &[0xd6, 0xa4, 0xd5, 0xd5], after.as_bytes()].concat()
    };
    let utf16 = |encoding: &str, mark: bool, text: &str| -> Vec<u8> {
        let text = said(encoding, 1).replace("证照", text);
        mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let marked = |bytes: Vec<u8>| [b"\xef\xbb\xbf".to_vec(), bytes].concat();
    let with = |bytes: &[u8]| {
        let text = gbk("GBK");
        let at = text.windows(2).position(|pair| pair == [0xd6, 0xa4]).unwrap();
        [&text[..at], bytes, &text[at + 4..]].concat()
    };
    let honest = [
        gbk("GBK"),
        gbk("gb2312"),
        gbk("GB18030"),
        ascii("GBK"),
        ascii("US-ASCII"),
        ascii("ISO-8859-1"),
        ascii("Big5"),
        said("utf-8", 300).into_bytes(),
        marked(said("UTF-8", 1).into_bytes()),
        utf16("UTF-16", true, "证照"),
        utf16("utf-16le", true, "证照"),
    ];
    for bytes in honest {
        assert_eq!(page_of(&bytes), [], "{}", String::from_utf8_lossy(&bytes));
    }
    let conflicting = [
        said("GBK", 1).into_bytes(),
        said("GBK", 200).into_bytes(),
        said("GBK", 260).into_bytes(),
        said("GBK", 4000).into_bytes(),
        said("ISO-8859-1", 1).into_bytes(),
        said("US-ASCII", 1).into_bytes(),
        said("UTF-16", 1).into_bytes(),
        gbk("UTF-8"),
        gbk("Big5"),
        gbk("windows-1252"),
        gbk("x-user-defined"),
        ascii("UTF-7"),
        ascii("cp037"),
        ascii("HZ-GB-2312"),
        ascii("ISO-2022-JP"),
        ascii("UTF-16"),
        ascii("UTF-32"),
        marked(said("GBK", 1).into_bytes()),
        marked(ascii("GBK")),
        utf16("GBK", true, "abc"),
        utf16("UTF-16BE", true, "abc"),
        utf16("UTF-16", false, "abc"),
        utf16("UTF-16", false, "证照"),
        // Four bytes of GB 18030, the euro sign of Windows, half a character.
        with(&[0x81, 0x39, 0xef, 0x30]),
        with(&[0x80]),
        with(&[0xd6]),
    ];
    for bytes in conflicting {
        let found = page_of(&bytes);
        assert!(found.contains(&ProblemKind::EncodingConflict), "{found:?}: {}", String::from_utf8_lossy(&bytes));
    }
}
