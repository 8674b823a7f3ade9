//! The listener: connections are counted, slow ones are cut, and a stop lets requests in hand finish.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::app::Peer;
use crate::site::Settings;

/// Streams of one HTTP/2 connection at once; a proxy needs tens.
const MAX_STREAMS: u32 = 128;
/// Bytes of the head of a request: cookies and a long address fit.
const MAX_HEAD: usize = 32 * 1024;
/// Header lines of a request.
const MAX_HEADERS: usize = 100;
/// After a failed accept (out of file handles), wait for some to come back rather than spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is done, then takes no new connections and lets those in hand finish within the
/// settings' drain time. Returns how many had to be cut.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> usize {
    let seats = Arc::new(Semaphore::new(settings.max_connections));
    let graceful = GracefulShutdown::new();
    let builder = builder(settings);
    tokio::pin!(shutdown);
    loop {
        // A seat first: over the limit, connections wait in the system's backlog instead of in memory.
        let accepted = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, stream) = tokio::select! {
            () = &mut shutdown => break,
            (seat, accepted) = accepted => match accepted {
                Ok((stream, _)) => (seat, stream),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let connection = connection(&builder, stream, app.clone());
        let watched = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early: {error}");
            }
            drop(seat);
        });
    }
    drop(listener);
    let open = graceful.count();
    match tokio::time::timeout(settings.drain_time.unsigned_abs(), graceful.shutdown()).await {
        Ok(()) => 0,
        Err(_) => {
            tracing::warn!(open, "stopped before every connection had ended");
            settings.max_connections - seats.available_permits()
        }
    }
}

fn builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_time.unsigned_abs())
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD as u32)
        .keep_alive_interval(settings.header_time.unsigned_abs())
        .keep_alive_timeout(settings.header_time.unsigned_abs());
    builder
}

type Served<'a> = hyper_util::server::conn::auto::UpgradeableConnection<
    'a,
    TokioIo<TcpStream>,
    hyper_util::service::TowerToHyperService<
        tower::util::BoxCloneService<
            hyper::Request<hyper::body::Incoming>,
            axum::response::Response,
            std::convert::Infallible,
        >,
    >,
    TokioExecutor,
>;

fn connection(builder: &Builder<TokioExecutor>, stream: TcpStream, app: Router) -> Served<'_> {
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok();
    let service = app.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
        }
        let (parts, body) = request.into_parts();
        Request::from_parts(parts, axum::body::Body::new(body))
    });
    let service = hyper_util::service::TowerToHyperService::new(tower::util::BoxCloneService::new(service));
    builder.serve_connection_with_upgrades(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests;
