//! Everything that makes credentials: keys, an issuer with a URL, a gateway's identities, services with keys.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_domain::caller::Permission;
use connector_domain::clock::{Clock, System};
use connector_domain::id::{CallerName, OrgId};
use connector_server::auth::{NewKey, Organisations};
use connector_server::config::Config;
use connector_testkit::TestPlatform;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// Secret that is shared with an issuer.
pub const SHARED: &str = "correct horse battery staple, and 4 more";

/// A key pair of an issuer.
pub struct IssuerKey {
    pub algorithm: Algorithm,
    pub private: EncodingKey,
    pub private_pem: String,
    pub public_pem: String,
}

impl IssuerKey {
    pub fn ec() -> Self {
        Self::of(
            &KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            Algorithm::ES256,
        )
    }

    pub fn rsa() -> Self {
        Self::of(
            &KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap(),
            Algorithm::RS256,
        )
    }

    fn of(pair: &KeyPair, algorithm: Algorithm) -> Self {
        let private_pem = pair.serialize_pem();
        let private = match algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(private_pem.as_bytes()),
            _ => EncodingKey::from_ec_pem(private_pem.as_bytes()),
        };
        Self {
            algorithm,
            private: private.unwrap(),
            public_pem: pair.public_key_pem(),
            private_pem,
        }
    }

    /// Its entry in a JWK set.
    pub fn jwk(&self, id: &str) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!(id);
        jwk
    }

    /// A token with these claims.
    pub fn token(&self, id: Option<&str>, claims: &Value) -> String {
        let header = Header {
            kid: id.map(str::to_owned),
            ..Header::new(self.algorithm)
        };
        encode(&header, claims, &self.private).unwrap()
    }
}

/// Claims that are let in.
pub fn claims() -> Value {
    json!({"sub": "tester", "org_id": "10000", "permissions": ["CONNECTION_READ"], "iss": "cloud-connector",
           "aud": "cloud-connector", "exp": seconds_from_now(3600)})
}

/// The same, with one claim changed; null takes it away.
pub fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}

pub fn seconds_from_now(seconds: i64) -> i64 {
    System.now().as_nanos() / 1_000_000_000 + seconds
}

/// The value of `x-rh-identity` for a user.
pub fn identity(org: &str) -> String {
    let identity = json!({"type": "User", "org_id": org, "account_number": "111000", "internal": {"org_id": org},
                          "user": {"username": "jdoe"}});
    encoded(&identity)
}

pub fn encoded(identity: &Value) -> String {
    STANDARD.encode(json!({"identity": identity}).to_string())
}

/// A JWK set at a URL of this machine.
pub struct Issuer {
    pub url: String,
    set: Arc<Mutex<String>>,
    _server: JoinSet<()>,
}

impl Issuer {
    pub async fn with(keys: &[Value]) -> Self {
        let set = Arc::new(Mutex::new(String::new()));
        let shown = set.clone();
        let answer = get(move || async move { shown.lock().unwrap().clone() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum::serve(listener, Router::new().route("/keys", answer))
                .await
                .unwrap();
        });
        let this = Self {
            url,
            set,
            _server: server,
        };
        this.publish(keys);
        this
    }

    pub fn publish(&self, keys: &[Value]) {
        self.say(&json!({"keys": keys}).to_string());
    }

    pub fn say(&self, text: &str) {
        text.clone_into(&mut self.set.lock().unwrap());
    }
}

/// A service's key file.
pub struct Services(PathBuf);

impl Services {
    pub fn in_directory(directory: &Path) -> Self {
        let path = directory.join("services.jsonl");
        fs::write(&path, "").unwrap();
        Self(path)
    }

    /// Adds a key, made a while ago if it has expired, and returns it.
    pub fn add(
        &self,
        client_id: &str,
        orgs: &[&str],
        permissions: &[Permission],
        expired: bool,
    ) -> String {
        let key = NewKey::random_key().unwrap();
        let these: BTreeSet<_> = orgs.iter().map(|org| OrgId::parse(*org).unwrap()).collect();
        let new = NewKey {
            client_id: CallerName::parse(client_id).unwrap(),
            organisations: if orgs == ["*"] {
                Organisations::Every
            } else {
                Organisations::These(these)
            },
            permissions: permissions.to_vec(),
            expires_at: expired.then(|| System.now()),
            comment: None,
        };
        let mut text = fs::read_to_string(&self.0).unwrap();
        text.push_str(&new.grant(&key).unwrap().line());
        text.push('\n');
        self.replace(&text);
        key
    }

    /// Removes every key of a service.
    pub fn remove(&self, client_id: &str) {
        let text = fs::read_to_string(&self.0).unwrap();
        let kept = text.lines().filter(|line| !line.contains(client_id));
        let kept: Vec<&str> = kept.collect();
        self.replace(&format!("{}\n", kept.join("\n")));
    }

    /// In one step, as an operator should.
    fn replace(&self, text: &str) {
        let beside = self.0.with_extension("new");
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, &self.0).unwrap();
    }

    pub fn path(&self) -> String {
        self.0.display().to_string()
    }
}

/// A platform that takes every kind, and what makes them.
pub struct World {
    pub platform: TestPlatform,
    pub own: IssuerKey,
    pub in_file: IssuerKey,
    pub file: PathBuf,
    pub at_url: IssuerKey,
    pub issuer: Issuer,
    pub services: Services,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let (own, in_file, at_url) = (IssuerKey::ec(), IssuerKey::rsa(), IssuerKey::ec());
        let issuer = Issuer::with(&[at_url.jwk("at-url")]).await;
        let mut made = None;
        let platform = TestPlatform::start_with(|config| {
            let directory = config.data_dir.clone();
            let write = |name: &str, text: &str| {
                let path = directory.join(name);
                fs::write(&path, text).unwrap();
                path
            };
            let services = Services::in_directory(&directory);
            let file = write(
                "keys.json",
                &json!({"keys": [in_file.jwk("in-file")]}).to_string(),
            );
            let auth = &mut config.auth;
            auth.signing_key_file = write("own.pem", &own.private_pem).display().to_string();
            auth.shared_key_file = write("shared", &format!("{SHARED}\n"))
                .display()
                .to_string();
            auth.jwks.file = file.display().to_string();
            auth.jwks.url.clone_from(&issuer.url);
            auth.jwks.refresh_seconds = 1;
            auth.reload_seconds = 1;
            auth.psk.file = services.path();
            auth.identity.enabled = true;
            auth.identity.peers = vec!["127.0.0.1".to_owned()];
            auth.identity.in_connection_init = true;
            change(config);
            made = Some((file, services));
        })
        .await;
        let (file, services) = made.unwrap();
        Self {
            platform,
            own,
            in_file,
            file,
            at_url,
            issuer,
            services,
        }
    }

    /// A token of the configured key.
    pub fn token(&self) -> String {
        self.own.token(None, &claims())
    }
}
