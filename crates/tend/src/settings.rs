//! Every setting, once: name, meaning, default. Help texts and the guide are printed from here.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

/// Where the data is. Taken by every command that reads or writes it.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Data")]
pub struct Data {
    /// The folder for everything Tend keeps. The embedded database is the file `tend.db` in it.
    #[arg(long, env = "TEND_DATA", default_value = "tend-data", value_name = "FOLDER")]
    pub data: PathBuf,
    /// PostgreSQL instead of the embedded database: `postgres://user:password@host/name`.
    #[arg(long, env = "TEND_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// The file with the key that seals secrets in the database, the same for all nodes; made when it is not there.
    /// Default: `secrets.key` in the folder for the embedded database; none, and nothing sealed, for PostgreSQL.
    #[arg(long, env = "TEND_SECRETS_KEY_FILE", value_name = "FILE")]
    pub secrets_key_file: Option<PathBuf>,
    /// How much to log: error, warn, info, debug, or per part like `info,watch=debug`.
    #[arg(long, env = "TEND_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// Log as JSON, one object a line, or as text. JSON when the output is not a terminal.
    #[arg(long, env = "TEND_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Data {
    /// Where events are kept.
    pub fn lake_folder(&self) -> PathBuf {
        self.data.join("lake")
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| self.data.join("tend.db").display().to_string())
    }

    /// Where the key of secrets is. Nodes on one PostgreSQL share a key, so there none is made that nobody named.
    pub fn secrets_key_file(&self) -> Option<PathBuf> {
        let usual = || self.database.is_none().then(|| self.data.join("secrets.key"));
        self.secrets_key_file.clone().or_else(usual)
    }
}

/// How Tend is reached.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Web")]
pub struct Web {
    /// Where to listen. Port 0 takes a free one. Put a proxy that does TLS before anything but loopback.
    #[arg(long, env = "TEND_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: String,
    /// Where people reach Tend; links in letters begin with it. With https, cookies are secure.
    /// Default: http and the address it listens on.
    #[arg(long, env = "TEND_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// The name of the organisation that runs this installation.
    #[arg(long, env = "TEND_OPERATOR", default_value = "Tend", value_name = "NAME")]
    pub operator: String,
    /// Proxies whose X-Forwarded-For is believed; repeat or separate by commas.
    #[arg(long, env = "TEND_TRUSTED_PROXIES", value_delimiter = ',', value_name = "ADDRESS")]
    pub trusted_proxies: Vec<IpAddr>,
}

/// How Tend reaches out.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Outward")]
pub struct Outward {
    /// The mail relay: `smtp://user:password@host:587` (STARTTLS) or `smtps://host:465`. Without one, pages by
    /// mail wait and are shown as not delivered.
    #[arg(long, env = "TEND_MAIL_RELAY", value_name = "URL", hide_env_values = true)]
    pub mail_relay: Option<String>,
    /// The sender of every mail.
    #[arg(long, env = "TEND_MAIL_FROM", default_value = "Tend <tend@localhost>", value_name = "ADDRESS")]
    pub mail_from: String,
    /// Private address ranges that probes and webhooks may reach, like `10.1.0.0/16`; repeat or separate by
    /// commas. Loopback, private, link-local and metadata addresses are refused otherwise.
    #[arg(long, env = "TEND_ALLOW", value_delimiter = ',', value_name = "RANGE")]
    pub allow: Vec<String>,
    /// The proxy for HTTP(S) calls: `http://user:password@host:port`.
    #[arg(long, env = "TEND_PROXY", value_name = "URL", hide_env_values = true)]
    pub proxy: Option<String>,
    /// Hosts reached without the proxy, with everything below them.
    #[arg(long, env = "TEND_NO_PROXY", value_delimiter = ',', value_name = "HOST")]
    pub no_proxy: Vec<String>,
    /// Name servers to ask instead of the system's.
    #[arg(long, env = "TEND_RESOLVERS", value_delimiter = ',', value_name = "ADDRESS[:PORT]")]
    pub resolvers: Vec<String>,
    /// PEM files with more certificate authorities to trust.
    #[arg(long, env = "TEND_ROOTS", value_delimiter = ',', value_name = "FILE")]
    pub roots: Vec<PathBuf>,
    /// What to reach to know that the way out works (`https://..` or `tcp://host:port`). When it does not
    /// answer, failing probes are unknown and nobody is woken for our own fault.
    #[arg(long, env = "TEND_SELF_TEST", value_name = "URL")]
    pub self_test: Option<String>,
    /// How many probe calls run at once. Default: from the number of open files the system allows.
    #[arg(long, env = "TEND_MAX_CALLS", value_name = "NUMBER")]
    pub max_calls: Option<usize>,
}

impl Outward {
    /// The settings of the door outward.
    pub fn world(&self) -> world::Settings {
        world::Settings {
            relay: self.mail_relay.clone(),
            from: self.mail_from.clone(),
            proxy: self.proxy.clone(),
            no_proxy: self.no_proxy.clone(),
            allow: self.allow.clone(),
            resolvers: self.resolvers.clone(),
            root_files: self.roots.clone(),
            self_test: self.self_test.clone(),
            max_calls: self.max_calls,
            user_agent: concat!("Tend/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

/// Where events are kept.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Events")]
pub struct Events {
    /// An S3-compatible object store for the files of events: `s3://bucket/prefix`. Keys come from the
    /// environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION. Default: the folder `lake` of the data.
    #[arg(long, env = "TEND_LAKE_URL", value_name = "URL")]
    pub lake_url: Option<String>,
    /// The address of the object store when it is not Amazon's: `https://s3.example.org`.
    #[arg(long, env = "TEND_LAKE_ENDPOINT", value_name = "URL")]
    pub lake_endpoint: Option<String>,
    /// How many gigabytes of local copies are kept of files that are in the object store.
    #[arg(long, env = "TEND_LAKE_CACHE", default_value_t = 20, value_name = "GIGABYTES")]
    pub lake_cache: u64,
}

impl Events {
    /// The settings of the lake.
    pub fn lake(&self, data: &Data) -> lake::Options {
        let mut options = lake::Options::new(data.lake_folder());
        options.object_store = self.lake_url.clone().map(|url| lake::ObjectStore {
            url,
            endpoint: self.lake_endpoint.clone(),
            ..lake::ObjectStore::default()
        });
        options.limits.cache_bytes = self.lake_cache.saturating_mul(1 << 30);
        options
    }
}

/// Every setting of `tend serve` as a Markdown table.
pub fn guide() -> String {
    let mut table = "| option | environment | default | meaning |\n|---|---|---|---|\n".to_owned();
    let command = crate::Cli::command();
    let Some(serve) = command.find_subcommand("serve") else { return table };
    for arg in serve.get_arguments() {
        let (Some(long), Some(env)) = (arg.get_long(), arg.get_env()) else { continue };
        let default: Vec<String> =
            arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{}`", default.join(",")) };
        let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let help = help.replace('\n', " ").replace('|', "\\|");
        let end = if help.ends_with('.') { "" } else { "." };
        let env = env.to_string_lossy();
        table.push_str(&format!("| `--{long}` | `{env}` | {default} | {help}{end} |\n"));
    }
    table
}

/// Prints every setting of `tend serve` as a Markdown table.
pub fn print_guide() {
    out_raw!("{}", guide());
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_operators_guide_says_what_the_program_says() {
        let guide = include_str!("../../../docs/operator.md");
        let said = guide
            .split("<!-- settings -->\n")
            .nth(1)
            .and_then(|rest| rest.split("<!-- /settings -->").next());
        let says = super::guide();
        assert_eq!(
            said,
            Some(says.as_str()),
            "put the output of `tend settings-guide` into docs/operator.md"
        );
    }
}
