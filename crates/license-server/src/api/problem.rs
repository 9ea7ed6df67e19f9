//! What a caller is told when something is refused: `application/problem+json` (RFC 9457), one table of stable codes.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;

macro_rules! codes {
    ($( $name:ident $code:literal $status:ident $zh:literal $en:literal )*) => {
        /// Why a request was refused. A code is a promise: never renamed, never given another meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $( $name, )* }

        impl Code {
            /// Every code, in the order of the table.
            pub(crate) const ALL: &'static [Code] = &[$( Code::$name, )*];

            /// As written in the answer.
            pub(crate) const fn word(self) -> &'static str {
                match self { $( Code::$name => $code, )* }
            }

            /// The HTTP status it travels with.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $( Code::$name => StatusCode::$status, )* }
            }

            /// The same sentence for every occurrence: Chinese, English.
            pub(crate) const fn title(self) -> (&'static str, &'static str) {
                match self { $( Code::$name => ($zh, $en), )* }
            }
        }
    };
}

codes! {
    JsonSyntax "json.syntax" BAD_REQUEST "请求不是完整的 JSON。" "The body is no complete JSON."
    Parameter "request.parameter" BAD_REQUEST "请求参数有误。" "A parameter of the request is wrong."
    Unreadable "request.unreadable" BAD_REQUEST "请求内容无法读取。" "The body cannot be read."
    IdMalformed "id.malformed" BAD_REQUEST "不是证照标识。" "This is no license identifier (GB/T 36904)."
    PurposeMissing "purpose.missing" BAD_REQUEST "读取证照必须说明用途。" "Every read needs a purpose."
    KeyMissing "idempotency.missing" BAD_REQUEST "缺少幂等键。" "The header Idempotency-Key is missing."
    AuthMissing "auth.missing" UNAUTHORIZED "需要访问令牌。" "An access token is needed."
    AuthInvalid "auth.invalid" UNAUTHORIZED "访问令牌无效或已过期。" "The access token is invalid or has expired."
    AuthScope "auth.scope" FORBIDDEN "该应用无权进行此操作。" "The client may not do this."
    RouteUnknown "route.unknown" NOT_FOUND "没有这个地址。" "There is no such address."
    LicenseUnknown "license.unknown" NOT_FOUND "没有这份证照。" "There is no such license."
    TrustEdition "trust.edition-unknown" NOT_FOUND "没有这一期信任列表。" "There is no such edition of the trust list."
    TrustRollback "trust.rollback" CONFLICT
        "不能用旧的或相互矛盾的信任列表替换现有的。" "An older or contradicting edition does not take the place of the one in use."
    TrustNotNamed "trust.not-named" UNPROCESSABLE_ENTITY
        "该列表的签名者不在本机构的信任列表之中。" "Nobody whom this deployment's trust list names has signed this list."
    TrustUnfit "trust.unfit" UNPROCESSABLE_ENTITY
        "该列表无法使用：签名或内容有误。" "The list cannot be used: signature or content is wrong."
    TypeUnknown "type.unknown" NOT_FOUND "没有这个证照类型。" "There is no such license type."
    Method "method.not-allowed" METHOD_NOT_ALLOWED "该地址不支持此方法。" "The address does not take this method."
    ReportUnsigned "report.unsigned" NOT_ACCEPTABLE
        "本服务不出具签名的核验报告。" "This service signs no reports; ask for the plain one."
    BodyTimeout "body.timeout" REQUEST_TIMEOUT "请求内容未在时限内到达。" "The body did not arrive in time."
    IdempotencyConflict "idempotency.conflict" CONFLICT
        "该幂等键已用于另一个请求。" "The idempotency key was used for another request."
    NumberDuplicate "number.duplicate" CONFLICT "证照编号已存在。" "The certificate number exists already."
    IdDuplicate "id.duplicate" CONFLICT "证照标识已存在。" "The identifier exists already."
    RevisionConflict "revision.conflict" CONFLICT "证照状态已被他人更改。" "Somebody else changed it meanwhile."
    Transition "status.transition" CONFLICT "当前状态不允许此操作。" "The license's state does not allow this step."
    Successor "version.successor" CONFLICT "不能作为该证照的新版本。" "It cannot follow that version."
    TemplateGone "template.gone" CONFLICT
        "颁发该证照所用的模板未留存，无法绘制图片；证照文件不受影响。" "The template it was issued by is not kept here: no picture. Its files are as good as ever."
    FontsGone "fonts.gone" CONFLICT
        "颁发该证照所用的字体未留存，无法制作其他版面；已有文件不受影响。" "The fonts it was laid out with are not kept here: no further face. Its files are as good as ever."
    TooLarge "body.too-large" PAYLOAD_TOO_LARGE "请求内容过大。" "The body is too large."
    MediaType "media-type.unsupported" UNSUPPORTED_MEDIA_TYPE
        "不支持这种内容类型。" "The content type is not one that this address takes."
    JsonShape "json.shape" UNPROCESSABLE_ENTITY
        "JSON 的结构与要求不符。" "The JSON has another shape than it should."
    Fields "fields.invalid" UNPROCESSABLE_ENTITY
        "数据不符合该证照类型的规则。" "The data break the rules of the license type."
    Layout "layout.impossible" UNPROCESSABLE_ENTITY "数据无法排版到证照上。" "The data cannot be laid out on the license."
    TypeNotIssued "type.not-issued" UNPROCESSABLE_ENTITY
        "本机构不颁发这类证照。" "No single issuer issues this type here."
    RateLimited "rate.limited" TOO_MANY_REQUESTS "请求过于频繁。" "Too many requests from this address."
    Internal "internal" INTERNAL_SERVER_ERROR "服务内部错误。" "Something went wrong here."
    Damaged "store.damaged" INTERNAL_SERVER_ERROR "存储的数据已损坏。" "What was stored is damaged."
    Busy "service.busy" SERVICE_UNAVAILABLE "服务繁忙，请稍后重试。" "The service is busy; nothing was done, try again."
    StoreUnavailable "store.unavailable" SERVICE_UNAVAILABLE
        "登记库暂不可用，未做任何更改。" "The register is not available; nothing was written."
    SignerUnavailable "signer.unavailable" SERVICE_UNAVAILABLE
        "签名密钥暂不可用，未颁发证照。" "A signing key is not available; nothing was issued, try again."
    SignerGivenUp "signer.given-up" SERVICE_UNAVAILABLE
        "签名密钥已在信任列表中停用，未颁发证照；须先更换密钥。" "A signing key is given up in the trust list; nothing was issued. It has to be replaced first."
    OutcomeUnknown "store.outcome-unknown" SERVICE_UNAVAILABLE
        "结果未知，请用同一幂等键重试。" "The outcome is unknown; repeat with the same idempotency key."
    TimeStampUnavailable "time-stamp.unavailable" SERVICE_UNAVAILABLE
        "时间戳服务不可用，未颁发。" "No time-stamp service answers, and nothing is issued without; try again."
    Late "work.timeout" GATEWAY_TIMEOUT
        "处理超时，请用同一幂等键重试。" "It took too long; repeat with the same idempotency key."
}

/// One wrong field.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldProblem {
    /// Field key; empty when the whole is wrong.
    pub(crate) field: String,
    /// Stable code of the rule.
    pub(crate) rule: String,
    /// JSON pointer into the request's body.
    pub(crate) pointer: String,
    /// Character at fault, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) character: Option<usize>,
    /// Chinese.
    pub(crate) message: String,
    /// English.
    pub(crate) message_en: String,
    /// The beginning of the value, masked when sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_excerpt: Option<String>,
}

/// A refusal with its particulars.
pub(crate) struct Problem(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    detail: String,
    errors: Vec<FieldProblem>,
    retry_after: Option<u64>,
    allow: Option<String>,
    authenticate: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    title_zh: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: &'a [FieldProblem],
    request_id: &'a str,
}

impl Problem {
    /// Whether it is this refusal.
    pub(crate) fn is(&self, code: Code) -> bool {
        self.0.code == code
    }

    /// A refusal; `detail` says what is special about this occurrence and holds no personal data.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Problem {
        let retry_after = match code {
            Code::Busy | Code::StoreUnavailable | Code::OutcomeUnknown | Code::RateLimited => Some(1),
            // Somebody has to see to the device.
            Code::SignerUnavailable => Some(10),
            Code::TimeStampUnavailable => Some(60),
            _ => None,
        };
        let authenticate = match code {
            Code::AuthMissing => Some("Bearer realm=\"license\"".to_owned()),
            Code::AuthInvalid => Some("Bearer realm=\"license\", error=\"invalid_token\"".to_owned()),
            _ => None,
        };
        Problem(Box::new(Inner {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after,
            allow: None,
            authenticate,
        }))
    }

    /// The same with all wrong fields.
    pub(crate) fn with_errors(mut self, errors: Vec<FieldProblem>) -> Problem {
        self.0.errors = errors;
        self
    }

    /// The same with another time to wait, in whole seconds.
    pub(crate) fn with_retry_after(mut self, seconds: u64) -> Problem {
        self.0.retry_after = Some(seconds.max(1));
        self
    }

    /// The same with the methods that would be taken.
    pub(crate) fn with_allow(mut self, methods: String) -> Problem {
        self.0.allow = Some(methods);
        self
    }

    /// A token that is good, but not for this.
    pub(crate) fn scope(needed: &str) -> Problem {
        let mut problem = Problem::new(Code::AuthScope, format!("scope {needed} is needed"));
        problem.0.authenticate =
            Some(format!("Bearer realm=\"license\", error=\"insufficient_scope\", scope=\"{needed}\""));
        problem
    }

    /// A copy, taken out of the framework's hands.
    pub(crate) fn again(&self) -> Problem {
        Problem(self.0.clone())
    }

    /// Its code.
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// Status line and headers, for whatever body.
    pub(crate) fn head(&self) -> HttpResponseBuilder {
        let inner = &self.0;
        let mut response = HttpResponse::build(inner.code.status());
        if let Some(seconds) = inner.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(methods) = &inner.allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if let Some(challenge) = &inner.authenticate {
            response.insert_header((header::WWW_AUTHENTICATE, challenge.as_str()));
        }
        response
    }

    /// As JSON.
    pub(crate) fn answer(&self, request_id: &str) -> HttpResponse {
        let (title_zh, title) = self.0.code.title();
        let body = Body {
            kind: format!("urn:license:problem:{}", self.0.code.word()),
            title,
            title_zh,
            status: self.0.code.status().as_u16(),
            code: self.0.code.word(),
            detail: &self.0.detail,
            errors: &self.0.errors,
            request_id,
        };
        // Plain strings and numbers: always representable.
        let json = serde_json::to_vec(&body).unwrap_or_default();
        self.head().content_type("application/problem+json").body(json)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({})", self.0.code.word())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.word())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        // Replaced on the way out by an answer that knows the request's id.
        self.answer("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_of_failures() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.word()), "{} twice", code.word());
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
