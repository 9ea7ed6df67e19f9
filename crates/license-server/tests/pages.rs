//! The pages as a browser gets them: what they say, what they never say, how they are sent.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use http_support::{Answer, Service, TYPES, sample, start};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The path of the page behind a QR code.
fn page_of(issued: &Value) -> String {
    issued["links"]["page"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_page(answer: &Answer, lang: &str) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let html = answer.text();
    assert!(html.contains(&format!("<html lang=\"{lang}\">")));
    assert!(!html.contains("<script") && !html.contains(" style=\""), "no scripts, no inline styles");
    let handlers = html.split(" on").skip(1).any(|rest| {
        rest.split_once('=')
            .is_some_and(|(name, value)| value.starts_with('"') && name.bytes().all(|byte| byte.is_ascii_lowercase()))
    });
    assert!(!handlers, "no event handlers");
    for place in ["src=\"", "href=\"", "action=\""] {
        for target in html.split(place).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(target.starts_with('/') || target.starts_with("data:"), "{target} leads elsewhere");
        }
    }
    html
}

/// Asserts that the page offers fonts with each of its characters beyond ASCII, and gives their size.
#[track_caller]
fn assert_own_fonts(service: &Service, html: &str) -> usize {
    let address = format!("/font/{}", html.split("href=\"/font/").nth(1).unwrap().split('"').next().unwrap());
    assert!(address.is_ascii() && address.ends_with(".css") && !address.contains('%'), "{address}");
    let css = service.get(&address);
    assert_eq!((css.status, css.header("content-type")), (200, Some("text/css; charset=utf-8")));
    let mut files = std::collections::BTreeMap::new();
    let mut offered = std::collections::BTreeSet::new();
    for rule in css.text().lines() {
        let rare = rule.starts_with("@font-face{font-family:\"ECert Rare\";");
        assert!(rare || rule.starts_with("@font-face{font-family:\"ECert Page\";"), "{rule}");
        let path = rule.split("url(").nth(1).unwrap().split(')').next().unwrap();
        let file = service.get(path);
        assert_eq!((file.status, file.header("content-type")), (200, Some("font/ttf")));
        assert!(file.header("cache-control").unwrap().contains("private"), "names are nobody else's");
        let font = ttf_parser::Face::parse(&file.body, 0).unwrap();
        let ranges = rule.split("unicode-range:").nth(1).unwrap().trim_end_matches('}');
        for range in ranges.split(',').map(|range| range.strip_prefix("U+").unwrap()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let code = |hex: &str| u32::from_str_radix(hex, 16).unwrap();
            for char in (code(first)..=code(last)).map(|code| char::from_u32(code).unwrap()) {
                assert!(font.glyph_index(char).is_some_and(|glyph| glyph.0 != 0), "{char:?} has no glyph");
                assert!(offered.insert(char), "{char:?} twice");
                assert_eq!(rare, char > '\u{1FFFF}', "{char:?}");
            }
        }
        files.insert(path.to_owned(), file.body.len());
    }
    let needed: std::collections::BTreeSet<char> = html.chars().filter(|char| !char.is_ascii()).collect();
    assert_eq!(offered, needed);
    css.body.len() + files.values().sum::<usize>()
}

fn act(service: &Service, token: &str, issued: &Value, action: &str) {
    let path = format!("{}/status", issued["links"]["self"].as_str().unwrap());
    let body = json!({ "action": action, "reason": "测试", "case_number": "2026-7" });
    let answer = service.post(token, &path, None, &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_good_license_in_both_languages_under_100_kb() {
    let service = start();
    let token = service.token();
    for type_id in TYPES {
        let issued = service.issue(&token, type_id);
        let path = page_of(&issued);
        let html = assert_page(&service.get(&path), "zh-CN");
        let name = service.office.catalog().get(type_id).unwrap().file.kind.name.clone();
        for text in
            ["真实有效", "签名", "登记", "时间", "核验时间", "持证主体", &name, issued["number"].as_str().unwrap()]
        {
            assert!(html.contains(text), "{type_id}: {text}");
        }
        let english = assert_page(&service.get(&format!("{path}?lang=en")), "en");
        for text in ["Genuine and valid", "Signature", "Register", "Holder", issued["number"].as_str().unwrap()] {
            assert!(english.contains(text), "{type_id}: {text}");
        }
        assert!(html.contains(&format!("href=\"{path}?lang=en\"")) && english.contains(&format!("href=\"{path}\"")));

        let picture = html.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
        let jpeg = service.get(picture);
        assert_eq!(jpeg.header("content-type"), Some("image/jpeg"));
        let size = image::load_from_memory(&jpeg.body).unwrap();
        let said = format!("width=\"{}\" height=\"{}\"", size.width(), size.height());
        assert!(html.contains(&said), "{type_id}: the picture has {said}");
        let style = service.get("/style.css");
        assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
        for html in [&html, &english] {
            let sizes = [html.len(), jpeg.body.len(), style.body.len(), assert_own_fonts(&service, html)];
            eprintln!("{type_id}: page, picture, style, fonts: {sizes:?} bytes");
            assert!(sizes.iter().sum::<usize>() < 100_000, "{type_id}: {sizes:?} bytes");
        }
        // The address is case-insensitive where a phone may change it.
        assert_eq!(service.get(&path.replacen("/V/", "/v/", 1)).status, 200);
    }
}

#[test]
fn a_persons_name_is_masked() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "realestate-registration");
    let record = service.fetch(&token, issued["links"]["self"].as_str().unwrap()).json();
    let license: license_core::id::LicenseId = issued["id"].as_str().unwrap().parse().unwrap();
    let holder = service.office.store().get(&license).unwrap().unwrap().holder_name;
    assert!(record["record"].to_string().contains(holder.split('、').next().unwrap()));
    let html = assert_page(&service.get(&page_of(&issued)), "zh-CN");
    for name in holder.split('、').filter(|name| name.chars().count() <= 4) {
        assert!(!html.contains(name), "{name} is shown");
        assert!(html.contains(&license_core::mask::name(name)));
    }
}

#[test]
fn what_the_page_masks_is_blurred_in_the_picture() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "realestate-registration");
    let jpeg = service.get(&format!("{}/face.jpg", page_of(&issued)));
    let picture = image::load_from_memory(&jpeg.body).unwrap().into_luma8();
    let template = service.office.catalog().get("realestate-registration").unwrap().clone();
    let face = &template.file.faces[0];
    let scale = f64::from(picture.width()) / face.size[0];
    // The steepest step between neighbours inside a box: letters have edges, blurs have none.
    let edge = |key: &str| {
        let place = face.boxes.iter().find(|one| one.text.contains(&format!("{{{key}"))).unwrap().at;
        let [x, y, w, h] = place.map(|mm| (mm * scale) as u32);
        let row = |y: u32| (x + 3..x + w - 3).map(move |x| (x, y));
        let steps = (y + 3..y + h - 3).flat_map(row).map(|(x, y)| {
            i32::from(picture.get_pixel(x, y).0[0]).abs_diff(i32::from(picture.get_pixel(x + 1, y).0[0]))
        });
        steps.max().unwrap()
    };
    for key in ["obligor", "location"] {
        assert!(edge(key) < 40, "{key}: {}", edge(key));
    }
    assert!(edge("unit_no") > 60, "{}", edge("unit_no"));
}

#[test]
fn every_face_of_a_license_has_a_picture() {
    let service = start();
    let token = service.token();
    let mut data = sample("business-license");
    data.as_object_mut().unwrap().remove("copy_kind");
    data["copy_no"] = json!("1-1");
    let body = json!({ "type": "business-license", "data": data, "faces": ["main", "duplicate"] });
    let issued = service.post(&token, "/api/v1/licenses", Some("both"), &body);
    assert_eq!(issued.status, 201, "{}", issued.text());
    let path = page_of(&issued.json());
    let html = assert_page(&service.get(&path), "zh-CN");
    assert!(html.contains("face.jpg?face=duplicate") && html.contains("副本"), "{html}");
    assert_eq!(html.matches("<img").count(), 1, "a phone loads one picture");
    let picture = |query: &str| {
        let jpeg = service.get(&format!("{path}/face.jpg{query}"));
        assert_eq!((jpeg.status, jpeg.header("content-type")), (200, Some("image/jpeg")), "{query}");
        assert!(jpeg.body.len() < 60_000 && image::load_from_memory(&jpeg.body).is_ok());
        jpeg.body
    };
    let main = picture("");
    assert_eq!(picture("?face=main"), main);
    assert_ne!(picture("?face=duplicate"), main);
    service.get(&format!("{path}/face.jpg?face=other")).problem(404, "route.unknown");
    // A license of one face has no word about others.
    let one = service.issue(&token, "food-operation-permit");
    assert!(!assert_page(&service.get(&page_of(&one)), "zh-CN").contains("?face="));
}

#[test]
fn no_name_is_printed_as_an_empty_box() {
    let service = start();
    let token = service.token();
    let mut data = sample("business-license");
    data["name"] = "样例市𠕇𰀀龘贸易有限公司".into();
    let answer =
        service.post(&token, "/api/v1/licenses", Some("rare"), &json!({ "type": "business-license", "data": data }));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let html = assert_page(&service.get(&page_of(&answer.json())), "zh-CN");
    assert!(html.contains("𠕇𰀀龘"));
    assert_own_fonts(&service, &html);
    for page in ["/", "/verify", "/?lang=en", "/V/X"] {
        assert_own_fonts(&service, &assert_page(&service.get(page), if page.ends_with("en") { "en" } else { "zh-CN" }));
    }
    let refused = service.send("GET", "/no-such-page", &[("Accept", "text/html")], b"");
    assert_eq!(refused.status, 404);
    assert_own_fonts(&service, &refused.text());
    // Only what a page has shown is there. Rare characters go before the reader's own fonts, the others behind.
    for path in ["/font/0.css", "/font/0/0.ttf", "/font/00000000000000000000000000000000/0.ttf"] {
        service.get(path).problem(404, "route.unknown");
    }
    let style = service.get("/style.css").text();
    assert!(
        style.contains("\"ECert Page\",system-ui")
            && style.contains("px/1.6 \"ECert Rare\",")
            && !style.contains("url(")
    );
}

#[test]
fn every_state_has_its_word_and_no_picture() {
    for (action, zh, en) in [
        ("suspend", "已暂扣", "Suspended"),
        ("cancel", "已注销", "Cancelled"),
        ("withdraw", "已撤销", "Withdrawn"),
        ("revoke", "已吊销", "Revoked"),
        ("transfer-out", "已转出", "Transferred out"),
    ] {
        let service = start();
        let token = service.token();
        let issued = service.issue(&token, "business-license");
        act(&service, &token, &issued, action);
        let html = assert_page(&service.get(&page_of(&issued)), "zh-CN");
        assert!(html.contains(zh) && !html.contains("真实有效"), "{zh}");
        // Genuine all the same: what it says may be shown.
        assert!(html.contains(issued["number"].as_str().unwrap()));
        assert!(!html.contains("<img"));
        assert_eq!(service.get(&format!("{}/face.jpg", page_of(&issued))).status, 404);
        let english = assert_page(&service.get(&format!("{}?lang=en", page_of(&issued))), "en");
        assert!(english.contains(en), "{en}");
    }
}

#[test]
fn replaced_expired_and_early() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "food-operation-permit");
    let to = &service.fetch(&token, issued["links"]["self"].as_str().unwrap()).json()["valid_until"];
    assert!(to.is_string(), "a food permit has an end");
    let path = page_of(&issued);
    service.clock.days(365 * 8);
    assert!(assert_page(&service.get(&path), "zh-CN").contains("已过期"));
    assert!(assert_page(&service.get(&format!("{path}?lang=en")), "en").contains("Expired"));
    service.clock.days(-365 * 20);
    assert!(assert_page(&service.get(&path), "zh-CN").contains("尚未生效"));
    service.clock.days(0);
    let body = json!({ "data": sample("food-operation-permit"), "reason": "变更", "case_number": "2026-8" });
    let versions = format!("{}/versions", issued["links"]["self"].as_str().unwrap());
    let new = service.post(&token, &versions, Some("v2"), &body);
    assert_eq!(new.status, 201, "{}", new.text());
    assert!(assert_page(&service.get(&path), "zh-CN").contains("已换发"));
    assert!(assert_page(&service.get(&page_of(&new.json())), "zh-CN").contains("真实有效"));
}

#[test]
fn a_forged_token_shows_nothing_of_what_it_says() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let path = page_of(&issued);
    let number = issued["number"].as_str().unwrap();
    let holder = sample("business-license")["name"].as_str().unwrap().to_owned();
    let mut forged = 0;
    for at in (3..path.len()).step_by(11) {
        let mut changed = path.clone().into_bytes();
        changed[at] = if changed[at] == b'Q' { b'R' } else { b'Q' };
        let changed = String::from_utf8(changed).unwrap();
        let html = assert_page(&service.get(&changed), "zh-CN");
        assert!(!html.contains("真实有效") && !html.contains("<img"), "character {at}");
        assert!(!html.contains(number) && !html.contains(&holder), "character {at}");
        assert_eq!(service.get(&format!("{changed}/face.jpg")).status, 404);
        forged += usize::from(html.contains("不真实") && html.contains("伪造"));
    }
    assert!(forged > 20, "only {forged} were called forged");
    let english = assert_page(&service.get(&format!("{}?lang=en", path.replace("TB", "TC"))), "en");
    assert!(!english.contains("Genuine and valid"));
    // Nothing that a caller writes into the address comes back as markup.
    let html = service.get("/V/%3Cscript%3Ealert(1)%3C%2Fscript%3E").text();
    assert!(!html.contains("<script") && html.contains("无法核验") || html.contains("不真实"));
}

#[test]
fn what_cannot_be_told_is_said_so() {
    let service = start();
    let form = |text: &str| {
        let body = format!("--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--X--\r\n");
        service.send("POST", "/verify", &[("Content-Type", "multipart/form-data; boundary=X")], body.as_bytes())
    };
    for text in ["", "https://www.example.com/other", "你好"] {
        let html = assert_page(&form(text), "zh-CN");
        assert!(html.contains("无法核验"), "{text}");
    }
}

#[test]
fn the_form_takes_codes_identifiers_and_files() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let html = assert_page(&service.get("/verify"), "zh-CN");
    assert!(html.contains("enctype=\"multipart/form-data\"") && html.contains("type=\"file\""));
    assert!(assert_page(&service.get("/verify?lang=en"), "en").contains("Paste the whole text"));
    let send = |path: &str, name: &str, body: &[u8]| {
        let mut bytes =
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n").into_bytes();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n--X--\r\n");
        service.send("POST", path, &[("Content-Type", "multipart/form-data; boundary=X")], &bytes)
    };
    for key in ["index", "id"] {
        let answer = send("/verify", "text", issued[key].as_str().unwrap().as_bytes());
        assert!(assert_page(&answer, "zh-CN").contains("真实有效"), "{key}");
    }
    for file in ["ofd", "pdf"] {
        let mut bytes = service.fetch(&token, issued["links"][file].as_str().unwrap()).body;
        let html = assert_page(&send("/verify?lang=en", "file", &bytes), "en");
        assert!(html.contains("Genuine and valid") && html.contains("<img") && html.contains("Content"), "{file}");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x20;
        let html = assert_page(&send("/verify", "file", &bytes), "zh-CN");
        assert!(html.contains("不真实") && !html.contains(issued["number"].as_str().unwrap()), "{file}");
    }
    // Refusals come as pages to whoever reads pages.
    let html = [("Accept", "text/html"), ("Content-Type", "text/plain")];
    let refused = service.send("GET", "/no-such-page", &html, b"");
    assert_eq!((refused.status, refused.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(refused.text().contains("没有这个地址"));
    service.send("GET", "/no-such-page", &[JSON], b"").problem(404, "route.unknown");
}

#[test]
fn the_front_and_the_documentation() {
    let service = start();
    let html = assert_page(&service.get("/"), "zh-CN");
    assert!(html.contains("营业执照") && html.contains("href=\"/verify\""));
    assert!(assert_page(&service.get("/?lang=en"), "en").contains("Business license"));
    let docs = service.get("/docs").text();
    assert!(docs.contains("rel=\"preload\" as=\"font\""), "the page brings its fonts");
    for text in ["/api/v1/licenses", "idempotency.conflict", "IssueDto"] {
        assert!(docs.contains(text), "{text}");
    }
    assert!(!docs.contains("<script") && !docs.contains("https://"));
}
