//! `tend serve`

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use kernel::SignedDuration;
use store::Ground;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::ground::{clock_and_dice, make_secrets_key, open, open_lake, real_world, say};
use crate::logs;
use crate::settings::{Data, Events, Outward, Web};

/// Start Tend and serve its screens until stopped. Every setting can also be given by environment.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub web: Web,
    #[command(flatten)]
    pub outward: Outward,
    #[command(flatten)]
    pub events: Events,
    /// How long everything must work before an incident closes by itself; the demo does not let people wait.
    #[arg(skip)]
    pub quiet_for: Option<SignedDuration>,
}

/// Tend, open and about to serve.
pub struct Started {
    pub app: server::App,
    pub lake: lake::Lake,
    pub listener: TcpListener,
    pub base_url: String,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let started = self.start().await?;
        out!("Tend listens on {}", started.base_url);
        if let Some(path) = started.app.first_link().await.map_err(say)? {
            out!("Make the administrator with this link, once: {}{path}", started.base_url);
        }
        started.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    }

    /// Opens database, world and socket.
    pub async fn start(&self) -> anyhow::Result<Started> {
        make_secrets_key(&self.data)?;
        let db = open(&self.data).await?;
        let listen = &self.web.listen;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("nothing can listen on {listen}; choose another with --listen"))?;
        let address = listener.local_addr()?;
        let base_url = self.web.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let base_url = base_url.trim_end_matches('/').to_owned();
        let (clock, dice) = clock_and_dice();
        let lake = open_lake(&self.data, &self.events, &db).await?;
        let world = real_world(&self.outward)?;
        let ground = Ground { db, world, lake: lake.shared(), clock, dice };
        let usual = web::Settings::default();
        let settings = web::Settings {
            quiet_for: self.quiet_for.unwrap_or(usual.quiet_for),
            base_url: base_url.clone(),
            operator: self.web.operator.clone(),
            listen: address.to_string(),
            trusted_proxies: self.web.trusted_proxies.clone(),
            ..usual
        };
        #[cfg(feature = "sql")]
        let sql = Some(crate::ground::open_sql(&self.data, &lake)?);
        #[cfg(not(feature = "sql"))]
        let sql = None;
        let app = server::App::open_with(ground, settings, sql).await.map_err(say)?;
        Ok(Started { app, lake, listener, base_url })
    }
}

impl Started {
    /// Serves until ctrl-c or SIGTERM; then finishes what is in hand.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            asked_to_stop().await;
            tracing::info!("asked to stop; finishing what is in hand");
            let _ = stop.send(true);
        });
        let keeping = tokio::spawn({
            let (lake, stopped) = (self.lake.clone(), stopped.clone());
            async move { lake.runs(stopped).await }
        });
        self.app.serve(self.listener, stopped).await.map_err(say)?;
        let _ = keeping.await;
        self.lake.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn asked_to_stop() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("the runtime has signals enabled");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
