//! The mail server's sockets: lines with limits, patience with limits.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::mailbox::Mailbox;
use super::smtp::{COMMAND, LARGEST, LINE, Next, Taking, Talk};
use crate::gate::{Closing, Serve, shut};

/// Talks at once; whoever comes then is told to come back.
const TALKS: usize = 50;
/// Bytes of one mail that are read before the line is cut: what is over the limit is read and thrown away,
/// so that the sender hears the refusal, but not for ever.
const READ_AT_MOST: usize = 8 * LARGEST;

/// How long the server waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the next bytes, and for the other side to take ours.
    pub(super) silence: Duration,
    /// For a whole talk.
    pub(super) talk: Duration,
}

impl Patience {
    /// A minute of silence, ten minutes in all. RFC 5321 asks for five minutes of silence; loopback needs none.
    pub(super) fn usual() -> Patience {
        Patience { silence: Duration::from_secs(60), talk: Duration::from_secs(600) }
    }
}

/// Serves mail into a mailbox.
pub(super) fn smtp(mailbox: Arc<Mailbox>, patience: Patience) -> Serve {
    Box::new(move |listener, closing| Box::pin(accept(listener, closing, Arc::clone(&mailbox), patience)))
}

async fn accept(listener: TcpListener, closing: Closing, mailbox: Arc<Mailbox>, patience: Patience) {
    let room = Arc::new(Semaphore::new(TALKS));
    // Dropping the set ends the talks with the listener.
    let mut talks = JoinSet::new();
    let closed = shut(closing);
    tokio::pin!(closed);
    loop {
        let accepted = tokio::select! {
            () = &mut closed => return,
            Some(_) = talks.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((mut socket, _)) = accepted else { continue };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
            // It fits the send buffer of a fresh connection, so it never waits.
            let _ = socket.try_write(b"421 4.3.2 Too many connections, come back later\r\n");
            continue;
        };
        let mailbox = Arc::clone(&mailbox);
        talks.spawn(async move {
            let _permit = permit;
            let talk = serve(&mut socket, &mailbox, patience.silence);
            if tokio::time::timeout(patience.talk, talk).await.is_err() {
                let _ = socket.try_write(b"421 4.4.2 This takes too long\r\n");
            }
            let _ = socket.shutdown().await;
        });
    }
}

/// Why a talk ended before its QUIT.
enum Over {
    /// The other side hung up, or the connection broke.
    Gone,
    /// Nothing came for too long.
    Silent,
}

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Over {
        Over::Gone
    }
}

async fn serve(socket: &mut TcpStream, mailbox: &Mailbox, silence: Duration) {
    let mut lines = Lines { socket, buffer: Vec::new(), silence };
    if let Err(Over::Silent) = talk(&mut lines, mailbox).await {
        let _ = lines.say("421 4.4.2 Nothing heard for too long").await;
    }
}

async fn talk(lines: &mut Lines<'_>, mailbox: &Mailbox) -> Result<(), Over> {
    lines.say("220 localhost ESMTP").await?;
    let mut talk = Talk::default();
    loop {
        let next = match lines.next(COMMAND).await? {
            Line::Whole(line) => talk.hear(&line),
            Line::Bare(_) => talk.refuse("500 5.5.2 Lines end with CR LF"),
            Line::TooLong(_) => talk.refuse("500 5.5.6 That line is too long"),
        };
        match next {
            Next::Say(said) => lines.say(&said).await?,
            Next::End(said) => return lines.say(&said).await,
            Next::Take(said) => {
                lines.say(&said).await?;
                let Some(taken) = take(lines).await? else {
                    return lines.say("421 4.3.4 This mail has no end").await;
                };
                let envelope = talk.envelope();
                let said = match taken {
                    Ok(bytes) => format!("250 2.0.0 Taken as {}", mailbox.add(envelope, bytes)),
                    Err(refused) => refused.to_owned(),
                };
                lines.say(&said).await?;
            }
        }
    }
}

/// Reads a mail to its end; `None` when it has none.
async fn take(lines: &mut Lines<'_>) -> Result<Option<Result<Vec<u8>, &'static str>>, Over> {
    let mut taking = Taking::new();
    let mut read = 0;
    while read <= READ_AT_MOST {
        let ended = match lines.next(LINE).await? {
            Line::Whole(line) => {
                read += line.len() + 2;
                taking.line(&line, true)
            }
            Line::Bare(line) => {
                read += line.len() + 1;
                taking.line(&line, false)
            }
            Line::TooLong(whole) => {
                read += LINE;
                taking.too_long(whole);
                false
            }
        };
        if ended {
            return Ok(Some(taking.end()));
        }
    }
    Ok(None)
}

enum Line {
    /// Ended with CR LF, which is cut off.
    Whole(Vec<u8>),
    /// Ended with LF alone.
    Bare(Vec<u8>),
    /// Longer than allowed; it was read to its end and thrown away. Whether that was CR LF.
    TooLong(bool),
}

struct Lines<'a> {
    socket: &'a mut TcpStream,
    buffer: Vec<u8>,
    silence: Duration,
}

impl Lines<'_> {
    /// The next line of at most `longest` bytes. What arrived after it stays for the next call, which is
    /// all that pipelining asks for.
    async fn next(&mut self, longest: usize) -> Result<Line, Over> {
        let mut looked = 0;
        let mut dropped = 0;
        loop {
            if let Some(at) = self.buffer[looked..].iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=looked + at).collect();
                line.pop();
                let whole = line.last() == Some(&b'\r');
                if whole {
                    line.pop();
                }
                return Ok(match (dropped > 0 || line.len() > longest, whole) {
                    (true, whole) => Line::TooLong(whole),
                    (false, true) => Line::Whole(line),
                    (false, false) => Line::Bare(line),
                });
            }
            looked = self.buffer.len();
            if looked > longest + 1 {
                // The last byte stays: it may be the CR of the line's end.
                dropped += looked - 1;
                self.buffer.drain(..looked - 1);
                looked = 1;
            }
            if dropped > READ_AT_MOST {
                return Err(Over::Gone);
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<(), Over> {
        let mut bytes = [0u8; 8 * 1024];
        match tokio::time::timeout(self.silence, self.socket.read(&mut bytes)).await {
            Err(_) => Err(Over::Silent),
            Ok(read) => match read? {
                0 => Err(Over::Gone),
                read => {
                    self.buffer.extend_from_slice(&bytes[..read]);
                    Ok(())
                }
            },
        }
    }

    async fn say(&mut self, said: &str) -> Result<(), Over> {
        let line = format!("{said}\r\n");
        match tokio::time::timeout(self.silence, self.socket.write_all(line.as_bytes())).await {
            Err(_) => Err(Over::Silent),
            Ok(written) => Ok(written?),
        }
    }
}
