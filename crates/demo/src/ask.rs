//! One HTTP exchange with a server on loopback. An HTTP client for that would be the larger thing.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The largest answer read, bytes.
const ANSWER: u64 = 256 * 1024;

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Names and values beside host and length.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
    }
}

/// Asks, in HTTP/1.0: the end of the connection is the end of the answer.
pub(crate) async fn ask(server: SocketAddr, within: Duration, what: Ask<'_>) -> anyhow::Result<Answer> {
    match tokio::time::timeout(within, exchange(server, what)).await {
        Ok(answer) => answer,
        Err(_) => bail!("{server} did not answer within {} s", within.as_secs()),
    }
}

async fn exchange(server: SocketAddr, what: Ask<'_>) -> anyhow::Result<Answer> {
    let mut socket = TcpStream::connect(server).await.with_context(|| format!("{server} does not listen"))?;
    let mut head = format!("{} {} HTTP/1.0\r\nHost: {server}\r\n", what.method, what.path);
    for (name, value) in what.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", what.body.len()));
    let mut sent = head.into_bytes();
    sent.extend_from_slice(what.body);
    socket.write_all(&sent).await?;
    let mut answer = Vec::new();
    socket.take(ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is cut off")?;
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}
