//! What the tests of this crate share: a still clock, counting dice, and the plainest HTTP client.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};

use kernel::{Clock, Dice, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// It is always three in the morning on the first of March 2026.
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-03-01T03:00:00Z".parse().expect("a timestamp")
    }
}

/// Rolls 1, 2, 3, ..
#[derive(Default)]
pub(crate) struct Counting(AtomicU8);

impl Dice for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (held, value) = line.split_once(':')?;
            held.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// One exchange over any stream; the end of the connection ends the answer.
pub(crate) async fn over(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
    ask: &str,
) -> std::io::Result<Answer> {
    stream.write_all(ask.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub(crate) async fn get(at: SocketAddr, path: &str) -> std::io::Result<Answer> {
    get_with(at, path, "").await
}

/// `headers` are whole lines with their ends.
pub(crate) async fn get_with(at: SocketAddr, path: &str, headers: &str) -> std::io::Result<Answer> {
    over(TcpStream::connect(at).await?, &format!("GET {path} HTTP/1.0\r\nHost: {at}\r\n{headers}\r\n")).await
}

pub(crate) async fn post(at: SocketAddr, path: &str, form: &str) -> std::io::Result<Answer> {
    post_with(at, path, form, "").await
}

pub(crate) async fn post_with(
    at: SocketAddr,
    path: &str,
    form: &str,
    headers: &str,
) -> std::io::Result<Answer> {
    let ask = format!(
        "POST {path} HTTP/1.0\r\nHost: {at}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n{headers}\r\n{form}",
        form.len()
    );
    over(TcpStream::connect(at).await?, &ask).await
}
