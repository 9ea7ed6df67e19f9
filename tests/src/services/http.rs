//! The smallest HTTP server that does: one connection, one question, one answer.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// A longer question is cut.
const MAX_BODY: usize = 1 << 20;
/// Pause between the bytes of a slow answer.
const DRIP: Duration = Duration::from_millis(20);

/// What was asked.
#[derive(Debug)]
pub struct Ask {
    /// `GET`, `POST`.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// Each header, its name in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Ask {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An honest answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// Headers besides Content-Length.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// These bytes, then the end.
    Raw(Vec<u8>),
    /// Silence.
    Hang,
    /// A byte now and then, without end.
    Drip(&'static str),
    /// Bytes without end, as fast as they go.
    Endless(&'static str),
}

impl Reply {
    /// Status 200.
    pub fn ok(media_type: &str, body: Vec<u8>) -> Self {
        Self::Answer { status: 200, headers: vec![("Content-Type", media_type.to_owned())], body }
    }

    /// A status and nothing more.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }
}

type Handler = Box<dyn Fn(&Ask) -> Reply + Send + Sync>;

/// A server on a free port of the loopback interface; stops when dropped.
pub struct Loopback {
    address: SocketAddr,
    handler: Arc<OnceLock<Handler>>,
    stopping: Arc<AtomicBool>,
}

impl Loopback {
    /// Binds and accepts; until [`answer`](Self::answer) is called, everything is 404.
    ///
    /// # Panics
    /// When there is no loopback interface.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let handler: Arc<OnceLock<Handler>> = Arc::default();
        let stopping = Arc::new(AtomicBool::new(false));
        thread::spawn({
            let (handler, stopping) = (handler.clone(), stopping.clone());
            move || {
                for stream in listener.incoming() {
                    if stopping.load(Ordering::SeqCst) {
                        break;
                    }
                    let handler = handler.clone();
                    // A client that goes away is no fault of ours.
                    thread::spawn(move || stream.ok().and_then(|stream| serve(stream, &handler).ok()));
                }
            }
        });
        Self { address, handler, stopping }
    }

    /// What it answers.
    pub fn answer(&self, handler: impl Fn(&Ask) -> Reply + Send + Sync + 'static) {
        let _ = self.handler.set(Box::new(handler));
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, handler: &OnceLock<Handler>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(MAX_BODY)];
    reader.read_exact(&mut body)?;
    let ask = Ask { method, path, headers, body };
    let reply = handler.get().map_or_else(|| Reply::status(404), |handler| handler(&ask));
    match reply {
        Reply::Answer { status, headers, body } => {
            write!(stream, "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n", body.len())?;
            for (name, value) in headers {
                write!(stream, "{name}: {value}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            stream.write_all(&body)?;
        }
        Reply::Raw(bytes) => stream.write_all(&bytes)?,
        // Until the client gives up.
        Reply::Hang => drop(reader.read(&mut [0])?),
        Reply::Drip(media_type) => {
            write!(stream, "HTTP/1.1 200 Said\r\nContent-Type: {media_type}\r\nContent-Length: 1000000\r\n\r\n")?;
            loop {
                stream.write_all(&[0x30])?;
                thread::sleep(DRIP);
            }
        }
        Reply::Endless(media_type) => {
            write!(stream, "HTTP/1.1 200 Said\r\nContent-Type: {media_type}\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[0x30; 64 * 1024])?;
            }
        }
    }
    stream.flush()
}
