//! Layout through its public API: breaking, fitting, placing, continuing, refusing.
#![allow(clippy::unwrap_used)]

mod support;

use license_core::layout::{CONTINUED, LayoutReason, LayoutWarning, MAX_PAGES, Marks, lay_out};
use license_core::length::{Length, Rect};
use license_core::page::{Item, TextSource};
use license_core::qr::QrCode;
use support::fonts;
use support::sheet::{describe, filled, laid_out, lines, noting, runs};

fn area(id: &str, at: [f64; 4], text: &str, more: &str) -> String {
    format!("[[face.box]]\nid = \"{id}\"\nat = {at:?}\ntext = \"{text}\"\nstyle = \"song\"\n{more}\n")
}

/// Width of so many full-width characters of 12 pt, in millimetres, and a hair more.
fn ems(count: f64) -> f64 {
    count * 12.0 * 25.4 / 72.0 + 0.01
}

/// Lines of the text in a box so many characters wide; `|` stands between lines.
fn broken(text: &str, width: f64) -> String {
    let boxes = area("a", [10.0, 10.0, ems(width), 3000.0], "{name}", "");
    lines(&laid_out(&boxes, &[("name", text)]).unwrap().pages[0]).join("|")
}

#[test]
fn lines_break_by_the_rules_of_chinese_typesetting() {
    for (text, width, expected) in [
        ("一二三四五六七", 3.0, "一二三|四五六|七"),
        // Closing marks may not begin a line; half of one may hang at the end.
        ("一二三，四五六", 3.0, "一二|三，四|五六"),
        ("一二三，四五六", 3.5, "一二三，|四五六"),
        ("一二（三）四五", 2.5, "一二|（三）|四五"),
        ("一二三》」。四", 3.5, "一二|三》」。|四"),
        // Opening marks may not end one.
        ("一二（三四", 3.0, "一二|（三四"),
        // … and their empty half stands outside the line at its start, as a closing mark's does at its end.
        ("一二三（四）五", 3.0, "一二三|（四）|五"),
        ("一二三《四五", 4.0, "一二三|《四五"),
        // Digits and Latin letters stay together.
        ("一二12345三", 3.0, "一二|12345|三"),
        ("号楼B座1203室", 4.0, "号楼B座|1203室"),
        ("网址www.gsxt.gov.cn", 9.0, "网址|www.gsxt.gov.cn"),
        // … unless they are longer than the line.
        ("ABCDEFGHIJ", 2.0, "AB|CD|EF|GHI|J"),
        // Lists with slashes break after the slash.
        ("内科/外科/口腔科", 3.2, "内科/|外科/|口腔科"),
        ("内科/外科/口腔科", 5.5, "内科/外科/|口腔科"),
        // Spaces hang at the end and never begin a line.
        ("一二三 四五", 3.0, "一二三 |四五"),
        ("Hello big world", 4.0, "Hello |big |world"),
        // Dashes and dots of names stay with what is before them.
        ("一二三——四", 4.0, "一二|三——四"),
        ("阿依古丽·买买提", 4.0, "阿依古|丽·买买|提"),
        // Nothing but marks: forced, nothing lost.
        ("，，，，，，", 2.0, "，，，，|，，"),
    ] {
        let got = broken(text, width);
        assert_eq!(got, expected, "{text} in {width} em");
    }
}

#[test]
fn no_character_is_ever_lost_by_breaking() {
    let text = "（一）ABC 12，，“二”；；三——……《四》5/6/7·八 九　十。".repeat(7);
    for tenths in 10..160 {
        assert_eq!(broken(&text, f64::from(tenths) / 10.0).replace('|', ""), text, "{tenths}");
    }
}

#[test]
fn neighbouring_marks_are_squeezed() {
    let boxes = area("a", [10.0, 10.0, 100.0, 10.0], "（副本）（1-1）", "");
    let page = &laid_out(&boxes, &[]).unwrap().pages[0];
    let run = runs(page).next().unwrap();
    let em = run.size.um();
    let x: Vec<i32> = run.glyphs.iter().map(|glyph| glyph.x.um()).collect();
    assert_eq!(x[4] - x[3], em - em / 2, "）（ stand half an em apart");
    assert_eq!(x[3] - x[2], em);
}

#[test]
fn labels_spread_over_the_whole_width() {
    for (text, count) in [("名称", 2), ("经营者", 3), ("法定代表人", 5), ("统一社会信用代码", 8)] {
        let boxes = area("a", [20.0, 10.0, 40.0, 8.0], text, "align = \"spread\"");
        let page = &laid_out(&boxes, &[]).unwrap().pages[0];
        let run = runs(page).next().unwrap();
        assert_eq!(run.glyphs.len(), count);
        assert_eq!(run.origin.x, Length::from_mm(20.0));
        let last = run.origin.x + run.glyphs.last().unwrap().x + run.size;
        assert_eq!(last, Length::from_mm(60.0), "{text} ends at the right edge");
        let gaps: Vec<i32> = run.glyphs.windows(2).map(|pair| (pair[1].x - pair[0].x).um()).collect();
        assert!(gaps.iter().max().unwrap() - gaps.iter().min().unwrap() <= 1, "even gaps: {gaps:?}");
    }
    // Foot lines: the room goes between the sentences, never into an address.
    let boxes = area("a", [10.0, 10.0, 180.0, 8.0], "网址：http://a.cn 年度报告", "align = \"spread\"\nsize = 7");
    let page = &laid_out(&boxes, &[]).unwrap().pages[0];
    let run = runs(page).next().unwrap();
    let at = run.text().chars().position(|char| char == '年').unwrap();
    assert!((run.glyphs[at].x - run.glyphs[at - 1].x).mm() > 50.0);
    assert!((run.glyphs[4].x - run.glyphs[3].x).mm() < 3.0);
}

#[test]
fn alignments() {
    let at = [20.0, 10.0, 60.0, 20.0];
    let x = |align: &str| {
        let page = &laid_out(&area("a", at, "四个汉字", &format!("align = \"{align}\"")), &[]).unwrap().pages[0];
        runs(page).next().unwrap().origin.x.um()
    };
    let width = 4 * Length::from_pt(12.0).um();
    assert_eq!(x("left"), 20_000);
    assert_eq!(x("right"), 80_000 - width);
    assert_eq!(x("center"), 20_000 + (60_000 - width) / 2);
    let y = |valign: &str| {
        let page = &laid_out(&area("a", at, "汉", &format!("valign = \"{valign}\"")), &[]).unwrap().pages[0];
        runs(page).next().unwrap().origin.y.um()
    };
    let em = Length::from_pt(12.0).um();
    let ascent = y("top") - 10_000;
    assert_eq!(ascent, (f64::from(em) * 0.88).round() as i32, "the em square stands at the top");
    assert_eq!(y("bottom") - ascent + em, 30_000);
    assert_eq!(y("middle") - ascent, 10_000 + (20_000 - em) / 2);
}

#[test]
fn justified_lines_end_at_the_edge_and_the_last_is_left() {
    let boxes = area("a", [10.0, 10.0, ems(10.4), 60.0], "{name}", "align = \"justify\"");
    let page = &laid_out(&boxes, &[("name", &"证照".repeat(12))]).unwrap().pages[0];
    let ends: Vec<i32> = runs(page).map(|run| (run.origin.x + run.glyphs.last().unwrap().x + run.size).um()).collect();
    let edge = Rect::from_mm([10.0, 10.0, ems(10.4), 60.0]).right().um();
    assert_eq!(ends[..2], [edge, edge]);
    assert!(ends[2] < edge);
}

#[test]
fn letter_spacing_stands_between_and_not_after() {
    let boxes = area("a", [0.0, 10.0, 200.0, 20.0], "营业执照", "align = \"center\"\nstyle = \"wide\"").replacen(
        "style = \"song\"\n",
        "",
        1,
    );
    let filled = filled(&boxes, &[]);
    let mut template = (*filled.template).clone();
    let mut style = template.file.style["song"].clone();
    style.tracking = 0.5;
    template.file.style.insert("wide".into(), style);
    let filled = license_core::fill::Filled { template: template.into(), ..filled };
    let page = &lay_out(&filled, fonts(), &Marks::default()).unwrap().pages[0];
    let run = runs(page).next().unwrap();
    let em = run.size.um();
    assert_eq!((run.glyphs[1].x - run.glyphs[0].x).um(), em + run.size.scale(0.5).um());
    let (left, right) = (run.origin.x.um(), (run.origin.x + run.glyphs[3].x).um() + em);
    assert!((left - (200_000 - right)).abs() <= 1, "centred by its ink: {left} {right}");
}

#[test]
fn a_long_value_shrinks_in_half_points() {
    let boxes =
        area("a", [10.0, 10.0, ems(10.0), 6.0], "{name}", "style = \"kai\"").replacen("style = \"song\"\n", "", 1);
    let size = |count: usize| {
        let page = &laid_out(&boxes, &[("name", &"字".repeat(count))]).unwrap().pages[0];
        runs(page).next().unwrap().size.pt()
    };
    let close = |got: f64, expected: f64| assert!((got - expected).abs() < 0.01, "{got} for {expected}");
    close(size(10), 12.0);
    close(size(11), 10.5);
    close(size(12), 10.0);
    close(size(13), 9.0);
}

#[test]
fn shrunk_values_keep_the_middle_of_their_first_line() {
    let boxes = area("a", [10.0, 10.0, ems(10.0), 20.0], "{name}", "style = \"kai\"\nlines = 1").replacen(
        "style = \"song\"\n",
        "",
        1,
    );
    let middle = |count: usize| {
        let page = &laid_out(&boxes, &[("name", &"字".repeat(count))]).unwrap().pages[0];
        let run = runs(page).next().unwrap();
        // The em square reaches 0.88 em above the baseline.
        run.origin.y.um() - (f64::from(run.size.um()) * 0.38).round() as i32
    };
    assert!((middle(10) - middle(13)).abs() <= 2);
}

#[test]
fn a_forgotten_last_line_is_drawn_in_by_a_slightly_smaller_size() {
    let boxes =
        area("a", [10.0, 10.0, ems(10.0), 20.0], "{name}", "style = \"kai\"").replacen("style = \"song\"\n", "", 1);
    let lines_of = |count: usize| lines(&laid_out(&boxes, &[("name", &"字".repeat(count))]).unwrap().pages[0]).len();
    assert_eq!(lines_of(11), 1, "one character over: smaller");
    assert_eq!(lines_of(15), 2, "half a line over: wrapped at full size");
    let centred = area("a", [10.0, 10.0, ems(6.0), 20.0], "证明权利或事项", "align = \"center\"");
    assert_eq!(lines(&laid_out(&centred, &[]).unwrap().pages[0]), ["证明权利", "或事项"], "centred lines are balanced");
}

#[test]
fn what_does_not_fit_is_refused_by_field_and_box() {
    let boxes =
        area("holder", [10.0, 10.0, ems(10.0), 6.0], "{name}", "style = \"kai\"").replacen("style = \"song\"\n", "", 1);
    let errors = laid_out(&boxes, &[("name", &"字".repeat(14))]).unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(
        (error.field.as_deref(), error.box_id.as_str(), error.code()),
        (Some("name"), "holder", "layout.too-long")
    );
    assert!(matches!(error.reason, LayoutReason::TooLong { characters: 14, .. }));
    assert!(error.message().contains("用最小字号 9 磅也放不下"), "{}", error.message());
}

#[test]
fn unmapped_characters_are_errors_with_place_and_code_point() {
    let boxes = area("holder", [10.0, 10.0, 100.0, 8.0], "名称：{name}", "")
        + &area("b", [10.0, 30.0, 100.0, 8.0], "{scope}", "");
    let errors = laid_out(&boxes, &[("name", "王\u{2EBF0}\u{E000}"), ("scope", "\u{1F600}")]).unwrap_err();
    let seen: Vec<_> = errors
        .iter()
        .map(|error| match error.reason {
            LayoutReason::NoGlyph { char, position } => {
                (error.field.as_deref().unwrap(), error.box_id.as_str(), char, position)
            }
            ref other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [("name", "holder", '\u{2EBF0}', 1), ("name", "holder", '\u{E000}', 2), ("scope", "b", '\u{1F600}', 0)]
    );
    assert!(
        errors[0].message().contains("第 2 个字") && errors[0].message().contains("U+2EBF0"),
        "{}",
        errors[0].message()
    );
    assert!(errors[0].message_en().contains("CJK Extension I"), "{}", errors[0]);
}

#[test]
fn rare_characters_are_drawn_from_the_fallback_faces_on_the_same_baseline() {
    // 𬭬 everyday, 𠕇 Extension B, 䶮 Extension A, 𰀀 Extension G.
    let boxes = area("a", [10.0, 10.0, 100.0, 8.0], "{name}", "style = \"kai\"").replacen("style = \"song\"\n", "", 1);
    let page = &laid_out(&boxes, &[("name", "王\u{2CB6C}\u{20547}䶮\u{30000}好")]).unwrap().pages[0];
    let faces: Vec<&str> = runs(page).map(|run| fonts().face(run.face).name()).collect();
    assert_eq!(
        faces,
        ["ECertKai-Regular", "ECertRareBF-Regular", "ECertKai-Regular", "ECertRareGH-Regular", "ECertKai-Regular"]
    );
    assert!(runs(page).all(|run| run.glyphs.iter().all(|glyph| glyph.id != 0)), "never .notdef");
    let baselines: Vec<_> = runs(page).map(|run| run.origin.y).collect();
    assert!(baselines.windows(2).all(|pair| pair[0] == pair[1]));
    let run: Vec<i32> =
        runs(page).flat_map(|run| run.glyphs.iter().map(|glyph| (run.origin.x + glyph.x).um())).collect();
    assert!(run.windows(2).all(|pair| (pair[1] - pair[0] - Length::from_pt(12.0).um()).abs() <= 1), "{run:?}");
}

#[test]
fn variation_selectors_are_dropped_with_a_warning() {
    let boxes = area("a", [10.0, 10.0, 100.0, 8.0], "{name}", "");
    let (document, warnings) = noting(&boxes, &[("name", "葛\u{E0100}氏")]);
    assert_eq!(lines(&document.unwrap().pages[0]), ["葛氏"]);
    let [LayoutWarning::VariationSelectorDropped { position: 1, selector: '\u{E0100}', .. }] = warnings.as_slice()
    else {
        panic!("{warnings:?}")
    };
}

#[test]
fn a_long_value_goes_on_to_a_continuation_page_whole() {
    let boxes = area("scope", [10.0, 10.0, ems(20.0), 20.0], "{scope}", "style = \"kai\"\noverflow = \"continue\"")
        .replacen("style = \"song\"\n", "", 1);
    let scope = "技术开发、技术咨询；软件开发（不含限制项目）；计算机软硬件及辅助设备零售。".repeat(20);
    let values = [
        ("scope", scope.as_str()),
        ("number", "NO2024001"),
        ("organ", "样例市监督管理局"),
        ("issued_on", "2024-03-05"),
    ];
    let (document, warnings) = noting(&boxes, &values);
    let document = document.unwrap();
    assert_eq!(document.pages.len(), 2);
    assert!(matches!(&warnings[..], [LayoutWarning::Continued { field: Some(field), .. }] if field == "scope"));

    let face = lines(&document.pages[0]).concat();
    let shown = face.strip_suffix(CONTINUED).expect("the face says where it goes on");
    assert!(scope.starts_with(shown) && shown.ends_with(['；', '。']), "cut after an item: {shown}");
    assert!(runs(&document.pages[0]).all(|run| run.size == Length::from_pt(9.0)));
    let rect = Rect::from_mm([10.0, 10.0, ems(20.0), 20.0]);
    assert!(runs(&document.pages[0]).all(|run| run.origin.y < rect.bottom()));

    let page = &document.pages[1];
    assert_eq!((page.size.width.mm(), page.size.height.mm()), (210.0, 297.0));
    let from_scope: String =
        runs(page).filter(|run| run.source == TextSource::Field("scope".into())).map(|run| run.text()).collect();
    assert_eq!(from_scope, scope, "the whole value stands on the continuation page");
    let text = lines(page);
    assert_eq!(text[..3], ["样例证书（附页）", "NO2024001第 1 页\u{3000}共 1 页", "经营范围"]);
    assert!(
        text.iter().any(|line| line == "样例市监督管理局") && text.iter().any(|line| line == "2024 年 03 月 05 日")
    );
    let seal = page.seal.unwrap();
    assert_eq!(seal.width.mm(), 42.0);
    assert!(page.items.iter().all(|item| match item {
        Item::Text(run) if run.source == TextSource::Field("scope".into()) => run.origin.y < seal.y,
        _ => true,
    }));
}

#[test]
fn several_continuation_pages_are_counted_and_limited() {
    let boxes = area("scope", [10.0, 10.0, 100.0, 20.0], "{scope}", "overflow = \"continue\"");
    let scope = "一般项目：技术服务、技术开发。".repeat(300);
    let document = laid_out(&boxes, &[("scope", &scope)]).unwrap();
    let total = document.pages.len() - 1;
    assert!(total > 2);
    for (at, page) in document.pages[1..].iter().enumerate() {
        assert!(lines(page)[1].ends_with(&format!("第 {} 页\u{3000}共 {total} 页", at + 1)));
        assert!(page.seal.is_some());
    }
    let drawn: String = document.pages[1..]
        .iter()
        .flat_map(|page| runs(page).filter(|run| run.source == TextSource::Field("scope".into())))
        .map(|run| run.text())
        .collect();
    assert_eq!(drawn, scope);
    let errors = laid_out(&boxes, &[("scope", &scope.repeat(20))]).unwrap_err();
    assert_eq!(errors[0].reason, LayoutReason::TooManyPages { limit: MAX_PAGES });
}

#[test]
fn tables_have_a_header_and_wrapped_cells_between_lines() {
    let boxes =
        area("rows", [10.0, 10.0, 120.0, 60.0], "{rows}", "style = \"kai\"").replacen("style = \"song\"\n", "", 1);
    let document = laid_out(&boxes, &[("rows", "房屋建筑工程|甲级；市政公用工程|乙级")]).unwrap();
    let page = &document.pages[0];
    assert_eq!(lines(page), ["资质类别等级", "房屋建筑工程甲级", "市政公用工程乙级"]);
    let frame = page.items.iter().find_map(|item| match item {
        Item::Path(path) => Some(path),
        _ => None,
    });
    // Four lines across, three down, two segments each.
    assert_eq!(frame.unwrap().path.len(), 14);
    let long = format!("{}|甲级", "某某工程".repeat(12));
    let wrapped = laid_out(&boxes, &[("rows", &long)]).unwrap();
    let text: String = runs(&wrapped.pages[0])
        .filter(|run| matches!(run.source, TextSource::Field(_)))
        .map(|run| run.text())
        .collect();
    assert_eq!(text, long.replace('|', ""));
}

#[test]
fn tables_continue_with_their_header_repeated() {
    let boxes = area("rows", [10.0, 10.0, 120.0, 40.0], "{rows}", "style = \"kai\"\noverflow = \"continue\"").replacen(
        "style = \"song\"\n",
        "",
        1,
    );
    let rows: Vec<String> = (1..=90).map(|row| format!("第{row}类工程|甲级")).collect();
    let document = laid_out(&boxes, &[("rows", &rows.join("；"))]).unwrap();
    assert!(document.pages.len() > 3);
    let mut kinds = Vec::new();
    for page in &document.pages {
        let text = lines(page);
        assert!(text.contains(&"资质类别等级".to_owned()), "{text:?}");
        kinds.extend(text.into_iter().filter(|line| line.starts_with('第') && line.ends_with('级')));
    }
    let expected: Vec<String> = rows.iter().map(|row| row.replace('|', "")).collect();
    assert_eq!(kinds, expected, "every row once, in order");
    assert!(lines(&document.pages[0]).contains(&CONTINUED.to_owned()));
    let refused = laid_out(&boxes.replace("overflow = \"continue\"", ""), &[("rows", &rows.join("；"))]).unwrap_err();
    assert_eq!(refused[0].code(), "layout.too-long");
}

#[test]
fn values_are_written_in_their_formats() {
    for (text, values, expected) in [
        ("{issued_on}", vec![("issued_on", "2024-03-05")], "2024年3月5日"),
        ("{issued_on:date-wide}", vec![("issued_on", "2024-03-05")], "2024 年 03 月 05 日"),
        ("{valid_to:date-or-long}", vec![], "长期"),
        (
            "自{issued_on:date}至{valid_to:date-or-long}",
            vec![("issued_on", "2024-03-05"), ("valid_to", "2029-03-04")],
            "自2024年3月5日至2029年3月4日",
        ),
        ("{label:name}：{name:mask-id}", vec![("name", "110105199001011234")], "名称：1101051990****1234"),
        ("{beds}张", vec![("beds", "20")], "20张"),
    ] {
        let boxes = area("a", [10.0, 10.0, 180.0, 8.0], text, "");
        assert_eq!(lines(&laid_out(&boxes, &values).unwrap().pages[0]), [expected], "{text}");
    }
}

#[test]
fn a_label_without_a_value_is_left_out() {
    let boxes =
        area("l", [10.0, 10.0, 40.0, 8.0], "{label:beds}", "") + &area("v", [60.0, 10.0, 40.0, 8.0], "{beds}", "");
    assert_eq!(laid_out(&boxes, &[]).unwrap().pages[0].items, []);
    assert_eq!(lines(&laid_out(&boxes, &[("beds", "6")]).unwrap().pages[0]).concat(), "床位6");
}

#[test]
fn mistakes_of_the_template_are_named_all_at_once() {
    let boxes = area("a", [10.0, 10.0, 40.0, 8.0], "{nothing}", "")
        + &area("b", [10.0, 20.0, 40.0, 8.0], "{name:bold}", "")
        + &area("c", [10.0, 30.0, 40.0, 8.0], "x", "style = \"none\"").replacen("style = \"song\"\n", "", 1);
    let errors = laid_out(&boxes, &[]).unwrap_err();
    let boxes: Vec<&str> = errors.iter().map(|error| error.box_id.as_str()).collect();
    assert_eq!(boxes, ["b", "a", "c"]);
    assert!(errors.iter().all(|error| error.code() == "layout.template"));
}

#[test]
fn qr_seal_and_specimen() {
    let filled = filled(&area("a", [10.0, 10.0, 40.0, 8.0], "文", ""), &[]);
    let qr = QrCode::new("HTTPS://EXAMPLE.CN/V/ABC").unwrap();
    let marks = Marks { qr: Some(qr.clone()), specimen: true, seal_diameter: Some(Length::from_mm(40.0)) };
    let page = lay_out(&filled, fonts(), &marks).unwrap().pages.remove(0);
    let [Item::Path(specimen), Item::Text(_), Item::Qr(code)] = page.items.as_slice() else {
        panic!("{:?}", page.items)
    };
    assert_eq!((specimen.alpha, specimen.stroke), (31, None));
    assert!(specimen.path.len() > 100);
    assert_eq!((code.rect, code.modules), (Rect::from_mm([10.0, 110.0, 24.0, 24.0]), qr.modules()));
    assert_eq!(page.seal, Some(Rect::from_mm([130.0, 90.0, 40.0, 40.0])));

    let marks = Marks { seal_diameter: Some(Length::from_mm(50.0)), ..Marks::default() };
    assert_eq!(lay_out(&filled, fonts(), &marks).unwrap_err()[0].code(), "layout.seal-too-large");
}

#[test]
fn same_input_same_document() {
    let boxes = area("scope", [10.0, 10.0, 77.0, 20.0], "{scope}", "overflow = \"continue\"");
    let values = [("scope", "项目；".repeat(200))];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let one = laid_out(&boxes, &values).unwrap();
    let other = laid_out(&boxes, &values).unwrap();
    assert_eq!(one, other);
    assert_eq!(describe(&one), describe(&other));
}
