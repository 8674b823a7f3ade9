//! `tend demo` and the service it runs beside itself.

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use demo::{Addresses, Ports, Setup, Users};
use kernel::SignedDuration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::commands::serve::Serve;
use crate::ground::{clock_and_dice, operator, say};
use crate::logs;
use crate::settings::{Data, Events, LogFormat, Outward, Web};

/// Where the demo's Tend is found when the port is free.
const LISTEN: &str = "127.0.0.1:8600";

/// How long everything must work before an incident closes; two minutes in earnest.
const QUIET_FOR: SignedDuration = SignedDuration::from_secs(15);

/// See the main story in a minute.
///
/// Starts a small real service (a town's parking permits), a mail server that shows what it is sent, and Tend
/// beside them with three people on a rota. Break the service with a click and watch what happens. Nothing is
/// faked: probes, pages and mails go over real sockets.
#[derive(Args)]
pub struct Demo {
    /// Keep the demo's data in this folder; a fresh temporary one otherwise.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where Tend listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Take free ports for everything instead of the usual ones (8600, 8611 to 8617).
    #[arg(long)]
    free_ports: bool,
    /// Print the addresses as one line of JSON, for scripts.
    #[arg(long)]
    json: bool,
    /// How much to log.
    #[arg(long, default_value = "warn", value_name = "LEVEL")]
    log: String,
}

/// The small service that `tend demo` runs beside itself.
#[derive(Args)]
pub struct DemoService {
    /// Take free ports.
    #[arg(long)]
    free_ports: bool,
    /// The address of Tend, for links.
    #[arg(long)]
    tend: Option<String>,
    /// Tell Tend of the weeks before, in which nobody was there.
    #[arg(long)]
    past: bool,
}

impl DemoService {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let ports = if self.free_ports { Ports::default() } else { Ports::usual() };
        let (clock, dice) = clock_and_dice();
        let users = if self.past { Users::WithPast } else { Users::Today };
        let setup = Setup { tend: self.tend, users, ..Setup::new(ports) };
        demo::run(setup, clock, dice).await?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let temporary = self.data.is_none().then(temporary_folder).transpose()?;
        let folder = self
            .data
            .clone()
            .or_else(|| temporary.as_ref().map(|folder| folder.0.clone()))
            .unwrap_or_default();
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let listen = self.listen.clone().unwrap_or_else(|| free_or(LISTEN, self.free_ports));
        // The child prints links to Tend, so the port must be known before Tend starts.
        let listen = fixed_port(&listen)?;
        let tend = format!("http://{listen}");
        let past = !folder.join("tend.db").exists();
        let (mut child, addresses) = start_service(self.free_ports, &tend, past).await?;
        // Waiting for the child would close its input, which tells it to end.
        let held_open = child.stdin.take();

        let authority = folder.join("demo-authority.pem");
        std::fs::write(&authority, &addresses.authority)
            .context("the demo's certificate authority cannot be written")?;
        let declared = folder.join("declared");
        write_declaration(&declared, &addresses)?;

        let serve = Serve {
            data: Data {
                secrets_key_file: None,
                data: folder.clone(),
                database: None,
                log: self.log.clone(),
                log_format: Some(LogFormat::Text),
            },
            web: Web {
                listen,
                base_url: Some(tend.clone()),
                operator: "Kustwerk".into(),
                // The simulated people come from this machine and say where they would come from.
                trusted_proxies: vec![std::net::IpAddr::from([127, 0, 0, 1])],
            },
            outward: Outward {
                mail_relay: Some(format!("smtp://{}?tls=none", addresses.smtp)),
                mail_from: "Tend <tend@kustwerk.example>".into(),
                allow: vec!["127.0.0.0/8".into()],
                proxy: None,
                no_proxy: Vec::new(),
                resolvers: Vec::new(),
                roots: vec![authority],
                self_test: None,
                max_calls: None,
            },
            events: Events { lake_cache: 1, ..Events::default() },
            quiet_for: Some(QUIET_FOR),
        };
        logs::start(&serve.data);
        let started = serve.start().await?;
        started.app.apply_folder(&operator(), &declared).await?;
        let link = started.app.sign_in_link(&operator(), "Ines Vermeer").await.map_err(say)?;
        self.print(&tend, &link, &addresses);
        let ended = tokio::select! {
            ended = started.until_stopped() => ended,
            gone = child.wait() => Err(anyhow::anyhow!("the demo service ended by itself: {gone:?}")),
        };
        drop(held_open); // it ends when its input closes
        let _ = child.wait().await;
        drop(temporary);
        ended.map(|()| ExitCode::SUCCESS)
    }

    fn print(&self, tend: &str, link: &str, addresses: &Addresses) {
        if self.json {
            let line = serde_json::json!({
                "tend": tend, "sign_in": format!("{tend}{link}"), "site": format!("http://{}", addresses.site),
                "https": format!("https://{}", addresses.https), "controls": format!("http://{}/control", addresses.controls),
                "mailbox": format!("http://{}", addresses.mailbox), "bank": format!("http://{}", addresses.bank),
            });
            out!("{line}");
            return;
        }
        out!(
            "
Tend runs the parking permits of Lindehaven.

  1  Sign in to Tend (as Ines, the service owner)   {tend}{link}
  2  The service people use                         http://{site}
  3  Break it, and heal it                          http://{controls}/control
  4  The mails Tend sends                           http://{mailbox}
  5  What the public sees                           {tend}/status/parking-permits
  6  What people come to do, and where they leave   {tend}/journeys

Break it at 3. Within a minute: the probe fails, an incident opens, Noor is paged by mail (4), the page climbs
to Ines when nobody acknowledges, the status page (5) says so. Heal it, and see it close by itself.
The people who use the service are simulated: about ten a minute now, and two weeks of them before (6), which
are told to Tend in the first minute.
Ctrl-c stops everything.
",
            site = addresses.site,
            controls = addresses.controls,
            mailbox = addresses.mailbox,
        );
    }
}

fn write_declaration(folder: &Path, addresses: &Addresses) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in demo::declaration(addresses) {
        std::fs::write(folder.join(&name), text).with_context(|| format!("{name} cannot be written"))?;
    }
    Ok(())
}

async fn start_service(free_ports: bool, tend: &str, past: bool) -> anyhow::Result<(Child, Addresses)> {
    match spawn(free_ports, tend, past).await {
        Ok(started) => Ok(started),
        // Somebody has a usual port: any others will do.
        Err(_) if !free_ports => spawn(true, tend, past).await,
        Err(error) => Err(error),
    }
}

async fn spawn(free_ports: bool, tend: &str, past: bool) -> anyhow::Result<(Child, Addresses)> {
    let program = std::env::current_exe().context("the path of this program is not known")?;
    let mut command = Command::new(program);
    command.arg("demo-service").args(["--tend", tend]);
    if free_ports {
        command.arg("--free-ports");
    }
    if past {
        command.arg("--past");
    }
    let quiet = if free_ports { Stdio::inherit() } else { Stdio::null() };
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(quiet).kill_on_drop(true).spawn()?;
    let out = child.stdout.take().context("the demo service has no output")?;
    let Some(line) = BufReader::new(out).lines().next_line().await? else {
        bail!("the demo service did not start");
    };
    Ok((child, serde_json::from_str(&line).context("the demo service spoke nonsense")?))
}

/// The usual address when nobody listens there, any free port otherwise.
fn free_or(usual: &str, free: bool) -> String {
    if !free && std::net::TcpListener::bind(usual).is_ok() {
        usual.to_owned()
    } else {
        "127.0.0.1:0".to_owned()
    }
}

fn fixed_port(listen: &str) -> anyhow::Result<String> {
    if !listen.ends_with(":0") {
        return Ok(listen.to_owned());
    }
    Ok(std::net::TcpListener::bind(listen)?.local_addr()?.to_string())
}

/// A folder that goes when the demo ends.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn temporary_folder() -> anyhow::Result<Temporary> {
    let (_, dice) = clock_and_dice();
    let mut random = [0u8; 6];
    dice.fill(&mut random);
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = std::env::temp_dir().join(format!("tend-demo-{name}"));
    std::fs::create_dir(&path)?;
    Ok(Temporary(path))
}
