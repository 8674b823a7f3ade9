//! A small HTTP client: one connection kept open, so that what is measured is the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// No answer of ours takes longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer of ours is larger, bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// A connection.
pub struct Client {
    reader: BufReader<TcpStream>,
    host: String,
    token: Option<String>,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    /// Connects to `127.0.0.1:port`.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(port: u16, token: Option<&str>) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let (host, token) = (format!("127.0.0.1:{port}"), token.map(str::to_owned));
        Ok(Client { reader: BufReader::new(stream), host, token })
    }

    /// Asks for a page, as a browser would that takes no compression.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP.
    pub fn get(&mut self, path: &str, accept: &str) -> Result<Answer> {
        let token =
            self.token.as_ref().map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let ask = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\n{token}\r\n", self.host);
        self.reader.get_mut().write_all(ask.as_bytes())?;
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no HTTP status")?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let header = self.line()?.to_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().context("content-length")?;
            }
            chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        }
        let body = if chunked { self.chunks()? } else { self.exactly(length)? };
        Ok(Answer { status, body })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            bail!("the connection ended");
        }
        Ok(line.trim_end().to_owned())
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        if length > LARGEST {
            bail!("an answer of {length} bytes");
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(body)
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(self.line()?.split(';').next().unwrap_or("").trim(), 16)?;
            body.extend(self.exactly(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
}
