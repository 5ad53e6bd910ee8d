//! What is attacked: a server that takes every kind of credentials, with a device of the attacker's organisation and one
//! of the victim's.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::credentials::{OWN_ORG, SHARED, VICTIM_ORG, bearer, claims};
use crate::http::{Link, Request, ask};
use crate::issuer::{Shelf, Signer};
use crate::server::Server;

/// The attacker's device.
pub const OWN_DEVICE: &str = "own-1";
/// The victim's.
pub const VICTIM_DEVICE: &str = "victim-1";
/// Where the gateway is, whose identities are believed.
pub const GATEWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Where well-behaved callers are.
pub const GOOD: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
/// Where one attacker is who sends everything from one place.
pub const ATTACKER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 4));

/// How long the devices may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server, and what is known about it.
pub struct Target {
    /// The process.
    pub server: Server,
    /// The key that is configured.
    pub own: Signer,
    /// A key of the JWK file, by the id `in-file`.
    pub in_file: Signer,
    /// A key at the issuer's URL, by the id `at-url`.
    pub at_url: Signer,
    /// The issuer's URL.
    pub issuer: Shelf,
    /// A key of the service `dispatcher`, for the attacker's organisation.
    pub service_key: String,
    /// A token of the attacker, a customer.
    pub token: String,
    /// A token of the victim.
    pub victim_token: String,
    addresses: AtomicU32,
    _devices: [Child; 2],
    _directory: TempDir,
}

impl Target {
    /// Starts the server and the devices.
    pub async fn start(binary: &Path) -> anyhow::Result<Self> {
        let binary = &binary.canonicalize().context("the binary is not there")?;
        let directory = tempfile::tempdir()?;
        let (own, in_file, at_url) = (Signer::ec()?, Signer::rsa()?, Signer::ec()?);
        let keys = json!({"keys": [at_url.jwk("at-url")?]});
        let issuer = Shelf::with(keys.to_string()).await?;
        let service_key = make_files(binary, directory.path(), &own, &in_file).await?;
        let settings = settings(&issuer);
        let server = Server::start(binary, directory.path(), &settings).await?;
        let devices = [
            device(binary, directory.path(), &server, OWN_DEVICE)?,
            device(binary, directory.path(), &server, VICTIM_DEVICE)?,
        ];
        let target = Self {
            token: own.token(None, &claims("attacker", OWN_ORG))?,
            victim_token: own.token(None, &claims("victim", VICTIM_ORG))?,
            server,
            own,
            in_file,
            at_url,
            issuer,
            service_key,
            addresses: AtomicU32::new(0),
            _devices: devices,
            _directory: directory,
        };
        target.until_seen(&target.token, OWN_DEVICE).await?;
        target
            .until_seen(&target.victim_token, VICTIM_DEVICE)
            .await?;
        Ok(target)
    }

    /// An address of this machine that nothing came from yet: failures are counted by address.
    pub fn new_address(&self) -> IpAddr {
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        let [_, _, high, low] = number.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(127, 1, high, low))
    }

    /// Runs a document with a token, and returns the answer's body.
    pub async fn run(
        &self,
        token: &str,
        document: &str,
        variables: Value,
    ) -> anyhow::Result<Value> {
        let request = Request::graphql(document, &variables).with_all(&bearer(token));
        Ok(ask(GOOD, self.server.api, &request).await?.json())
    }

    /// A connection to the API from an address.
    pub async fn link(&self, from: IpAddr) -> std::io::Result<Link> {
        Link::open(from, self.server.api).await
    }

    /// A number of `/metrics`, summed over its labels.
    pub async fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let request = Request::new("GET", "/metrics");
        let answer = ask(GOOD, self.server.management, &request).await?;
        let lines = answer.body.lines().filter(|line| line.starts_with(name));
        let values = lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
        Ok(values.sum())
    }

    /// Stops everything, and returns the server's log.
    pub async fn stop(self) -> anyhow::Result<Log> {
        let secrets = vec![
            self.token,
            self.victim_token,
            self.service_key,
            SHARED.to_owned(),
            "PRIVATE KEY".to_owned(),
        ];
        let text = self.server.stop().await?;
        Ok(Log { text, secrets })
    }

    async fn until_seen(&self, token: &str, device: &str) -> anyhow::Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let query = "query($id: ID!) { connection(clientId: $id) { state } }";
            let answer = self.run(token, query, json!({"id": device})).await?;
            if answer["data"]["connection"]["state"] == "ONLINE" {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("{device} is not seen")
    }
}

/// What the server logged, and what may not be in it.
pub struct Log {
    /// Every line.
    pub text: String,
    /// Tokens and keys.
    pub secrets: Vec<String>,
}

/// The defaults, but for what lets every kind of credentials in.
fn settings(issuer: &Shelf) -> String {
    format!(
        r#"
[http]
port = 0
[management]
port = 0
[mqtt]
listen_port = 0
[log]
format = "json"
[auth]
signing_key_file = "own.pem"
shared_key_file = "shared"
[auth.jwks]
file = "keys.json"
url = "http://{}/keys"
[auth.identity]
enabled = true
peers = ["{GATEWAY}"]
[auth.psk]
file = "services.jsonl"
[tenancy]
map_file = "tenants.json"
default_org = "{OWN_ORG}"
"#,
        issuer.address
    )
}

async fn make_files(
    binary: &Path,
    directory: &Path,
    own: &Signer,
    in_file: &Signer,
) -> anyhow::Result<String> {
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text);
    write("own.pem", &own.private_pem)?;
    write("shared", SHARED)?;
    write(
        "keys.json",
        &json!({"keys": [in_file.jwk("in-file")?]}).to_string(),
    )?;
    let tenant = json!({"orgId": VICTIM_ORG, "accountId": "222000"});
    write("tenants.json", &json!({VICTIM_DEVICE: tenant}).to_string())?;
    let created = Command::new(binary)
        .args([
            "psk",
            "create",
            "--client-id",
            "dispatcher",
            "--org",
            OWN_ORG,
        ])
        .args([
            "--permission",
            "CONNECTION_READ",
            "--append",
            "services.jsonl",
        ])
        .current_dir(directory)
        .output()
        .await?;
    anyhow::ensure!(created.status.success(), "psk create: {created:?}");
    Ok(String::from_utf8(created.stdout)?.trim().to_owned())
}

fn device(binary: &Path, directory: &Path, server: &Server, id: &str) -> anyhow::Result<Child> {
    Command::new(binary)
        .args([
            "device",
            "--client-id",
            id,
            "--broker",
            &server.devices.to_string(),
        ])
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("a device does not start")
}
