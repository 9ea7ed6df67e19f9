//! What goes wrong.

use std::thread;
use std::time::Duration;

use super::http::Reply;

/// How a service misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    #[default]
    None,
    /// Takes the question and says nothing, ever.
    Hang,
    /// Begins to answer and never comes to an end, a byte at a time.
    Drip,
    /// Answers well, but late.
    Late(Duration),
    /// This HTTP status, and what `Retry-After` says.
    Status(u16, Option<&'static str>),
    /// Bytes that are no ASN.1, under the right media type.
    Garbage,
    /// Bytes that are no HTTP.
    NoHttp,
    /// An answer without an end.
    TooLarge,
    /// A page for people, with status 200.
    ErrorPage,
    /// Closes before the answer is whole.
    Truncated,
    /// Sends to another place.
    Redirect(String),
    /// Answers another question: its nonce.
    WrongNonce,
    /// Answers another question: its digest, or its certificate.
    WrongSubject,
    /// Answers under another policy.
    WrongPolicy,
    /// One bit of the signature value is wrong.
    BrokenSignature,
    /// Signed with a certificate that ran out.
    ExpiredSigner,
    /// The lists and answers ran out.
    Stale,
    /// OCSP: `tryLater`.
    TryLater,
}

impl Fault {
    /// An answer that needs no service behind it.
    pub(super) fn before(&self, media_type: &'static str) -> Option<Reply> {
        Some(match self {
            Self::Hang => Reply::Hang,
            Self::Drip => Reply::Drip(media_type),
            Self::Status(code, retry_after) => {
                let header = retry_after.map(|value| ("Retry-After", value.to_owned()));
                Reply::Answer { status: *code, headers: header.into_iter().collect(), body: b"not now".to_vec() }
            }
            Self::Garbage => Reply::ok(media_type, b"\x30\x80garbage garbage".to_vec()),
            Self::NoHttp => Reply::Raw(b"220 mail.example ESMTP\r\n\r\n".to_vec()),
            Self::TooLarge => Reply::Endless(media_type),
            Self::ErrorPage => Reply::ok("text/html; charset=utf-8", b"<h1>Please log in</h1>".to_vec()),
            Self::Truncated => Reply::Raw(
                format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: 900\r\n\r\n0").into(),
            ),
            Self::Redirect(to) => {
                Reply::Answer { status: 302, headers: vec![("Location", to.clone())], body: Vec::new() }
            }
            Self::TryLater if media_type.contains("ocsp") => Reply::ok(media_type, vec![0x30, 3, 0x0a, 1, 3]),
            _ => return None,
        })
    }

    /// What is done to a good answer.
    pub(super) fn after(&self, reply: Reply) -> Reply {
        match (self, reply) {
            (Self::Late(pause), reply) => {
                thread::sleep(*pause);
                reply
            }
            (Self::BrokenSignature, Reply::Answer { status, headers, mut body }) => {
                // What is asked for in DER ends in the signature value, but for an OCSP answer with certificates.
                if let Some(last) = body.last_mut() {
                    *last ^= 1;
                }
                Reply::Answer { status, headers, body }
            }
            (_, reply) => reply,
        }
    }
}
