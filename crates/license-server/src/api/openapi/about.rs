//! What the document says about each route, in words.

/// What stands at the top of the document.
pub(super) const ABOUT: &str = "Issue, fetch, verify, and change the state of electronic licenses 电子证照.\n\n\
Writes and full fetches need an access token: POST /api/v1/oauth/token with the client's id and secret \
(grant_type=client_credentials), then send Authorization: Bearer. Every read says what it is for.\n\n\
Refusals are application/problem+json with a stable code, and all wrong fields at once. \
Verification is open to anyone and rate-limited.";

/// The groups of operations.
pub(super) const TAGS: &[(&str, &str)] = &[
    ("licenses", "颁发、取用、状态变更 Issue, fetch, change of state."),
    ("verify", "核验 Open to anyone."),
    ("catalog", "证照类型与信任列表 License types and the trust list."),
    ("access", "访问令牌 Access tokens."),
    ("pages", "网页 Pages for people."),
    ("operation", "运行 For those who watch over the service."),
];

pub(super) type About = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Method, path, tag, summary, description.
#[rustfmt::skip]
pub(super) const ABOUT_ROUTES: &[About] = &[
    ("GET", "/", "pages", "首页 Front page", ""),
    ("GET", "/verify", "pages", "提交核验 Form to paste a code or hand in a file", ""),
    ("POST", "/verify", "pages", "核验结果 The form's answer", ""),
    ("GET", "/V/{token}", "pages", "二维码页面 The page behind the QR code", "Shows what the license says only when a trusted issuer has signed it."),
    ("GET", "/v/{token}", "pages", "二维码页面 The same, for readers that fold the path", ""),
    ("GET", "/V/{token}/face.jpg", "pages", "照面预览 Small marked picture of a license that verifies", ""),
    ("GET", "/style.css", "pages", "样式 Style sheet", ""),
    ("GET", "/font/{key}.css", "pages", "页面字体 Fonts of a page", "With the characters of one page that was just shown; for browsers that have no font with them."),
    ("GET", "/font/{key}/{face}.ttf", "pages", "页面字体 One of them", ""),
    ("POST", "/api/v1/oauth/token", "access", "获取访问令牌 Get an access token", "RFC 6749 4.4. Credentials by HTTP Basic or in the form. Refusals of credentials have the form of RFC 6749 5.2."),
    ("GET", "/api/v1/types", "catalog", "证照类型 License types", ""),
    ("GET", "/api/v1/types/{id}", "catalog", "类型的字段 Fields of a type, with a sample", ""),
    ("GET", "/api/v1/trust-list", "catalog", "信任列表 The signed trust list (JWS)", "What offline verifiers need. Has an entity tag: ask again with If-None-Match."),
    ("GET", "/api/v1/trust-list/editions", "catalog", "信任列表各期 Editions of the trust list", "Every edition that was in use, oldest first."),
    ("GET", "/api/v1/trust-list/editions/{edition}", "catalog", "某一期信任列表 One edition (JWS)", "Never changes; its entity tag is the digest that the next edition names as its predecessor."),
    ("GET", "/api/v1/trust-lists", "catalog", "互认的信任列表 Other operators' lists in use here", ""),
    ("POST", "/api/v1/trust-lists", "catalog", "导入信任列表 Take in a signed list", "The own list's next edition, or the list of an operator whom the own list names with its root. Older editions are refused; what is taken in is kept, with an entry of the audit trail, before it is used."),
    ("POST", "/api/v1/licenses", "licenses", "颁发 Issue a license", "The license exists, durably, before the answer. Repeating a request under its key gives the same license, with the header Idempotency-Replayed."),
    ("GET", "/api/v1/licenses/{id}", "licenses", "证照信息 Record and state", ""),
    ("GET", "/api/v1/licenses/{id}/index", "licenses", "证照索引 The signed index (QR text)", ""),
    ("GET", "/api/v1/licenses/{id}/ofd", "licenses", "OFD 原件 The sealed original", ""),
    ("GET", "/api/v1/licenses/{id}/pdf", "licenses", "PDF 版 Its signed twin", ""),
    ("GET", "/api/v1/licenses/{id}/png", "licenses", "照面图片 The face as a picture", ""),
    ("GET", "/api/v1/licenses/{id}/history", "licenses", "历史 All versions and changes of state", ""),
    ("POST", "/api/v1/licenses/{id}/versions", "licenses", "换发 Issue the next version (001→002)", "The old version becomes superseded in the same commit."),
    ("POST", "/api/v1/licenses/{id}/faces", "licenses", "加制版面 Make further faces (正本, 副本)", "Same record, same index, files for each face. Faces that are there stay as they are: 201 when files were made, 200 when none was needed."),
    ("POST", "/api/v1/licenses/{id}/status", "licenses", "状态变更 Change the state", ""),
    ("POST", "/api/v1/verify", "verify", "核验 Verify a QR text, an identifier or a file", "Always a report: a bad license is not an error. With `report=signed`, or by its media type in Accept, the report comes signed by the server, to be kept and checked again."),
    ("GET", "/healthz", "operation", "存活 Alive", ""),
    ("GET", "/readyz", "operation", "就绪 Ready: not stopping, and the register answers", "503 while not."),
    ("GET", "/metrics", "operation", "指标 Prometheus metrics", ""),
    ("GET", "/openapi.json", "operation", "本文档 This document", ""),
    ("GET", "/docs", "operation", "接口文档 This document as a page", ""),
];
