//! A port that can be shut and opened again: shut, it refuses connections as a stopped program does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// How long connections may take to end when a gate shuts; then they are left to themselves.
const SHUT_WITHIN: Duration = Duration::from_millis(500);

/// How often a port is tried that should be free, and how long between: three seconds in all.
const BIND_TRIES: u32 = 30;
const BIND_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Turns true when the gate shuts.
pub(crate) type Closing = watch::Receiver<bool>;

/// Serves a listener until the gate shuts.
pub(crate) type Serve =
    Box<dyn Fn(TcpListener, Closing) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// One port and what answers behind it.
pub(crate) struct Gate {
    address: SocketAddr,
    serve: Serve,
    open: Mutex<Option<Open>>,
}

struct Open {
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Gate {
    /// Listens on a loopback port (0: any free one) and serves it.
    pub(crate) async fn open(port: u16, serve: Serve) -> io::Result<Gate> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let open = Open::start(listener, &serve);
        Ok(Gate { address, serve, open: Mutex::new(Some(open)) })
    }

    /// Where it listens, or listened.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and ends the connections. Shutting twice is the same as once.
    pub(crate) async fn shut(&self) {
        let Some(mut open) = self.open.lock().await.take() else { return };
        open.closing.send_replace(true);
        if tokio::time::timeout(SHUT_WITHIN, &mut open.task).await.is_err() {
            open.task.abort();
            // Awaiting an aborted task makes sure that its listener is gone before this returns.
            let _ = open.task.await;
        }
    }

    /// Listens again on the same port.
    pub(crate) async fn reopen(&self) -> io::Result<()> {
        let mut open = self.open.lock().await;
        if open.is_none() {
            let listener = bind_again(self.address).await?;
            *open = Some(Open::start(listener, &self.serve));
        }
        Ok(())
    }
}

/// Listens again on an address that was free a moment ago. A port of the range that the system gives to
/// outgoing connections may meanwhile belong to one of them; those are short.
async fn bind_again(address: SocketAddr) -> io::Result<TcpListener> {
    for _ in 0..BIND_TRIES {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                tokio::time::sleep(BIND_AGAIN_AFTER).await;
            }
            done => return done,
        }
    }
    TcpListener::bind(address).await
}

impl Open {
    fn start(listener: TcpListener, serve: &Serve) -> Open {
        let (closing, watching) = watch::channel(false);
        Open { closing, task: tokio::spawn(serve(listener, watching)) }
    }
}

/// Resolves when the gate shuts, also when it is dropped.
pub(crate) async fn shut(mut closing: Closing) {
    let _ = closing.wait_for(|shut| *shut).await;
}

/// Serves a router over plain HTTP.
pub(crate) fn http(app: Router) -> Serve {
    Box::new(move |listener, closing| {
        let app = app.clone();
        Box::pin(async move {
            if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(shut(closing)).await {
                tracing::warn!(%error, "a demo listener ended");
            }
        })
    })
}
