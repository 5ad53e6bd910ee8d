//! Keys that sign tokens, and the URL where the server finds one of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A key pair.
pub struct Signer {
    /// What it signs with.
    pub algorithm: Algorithm,
    /// The private half.
    pub key: EncodingKey,
    /// The same, PEM.
    pub private_pem: String,
    /// The public half, PEM.
    pub public_pem: String,
}

impl Signer {
    /// One of ECDSA on P-256.
    pub fn ec() -> anyhow::Result<Self> {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let key = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes())?;
        Ok(Self::of(&pair, Algorithm::ES256, key))
    }

    /// One of RSA.
    pub fn rsa() -> anyhow::Result<Self> {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
        let key = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes())?;
        Ok(Self::of(&pair, Algorithm::RS256, key))
    }

    fn of(pair: &KeyPair, algorithm: Algorithm, key: EncodingKey) -> Self {
        Self {
            algorithm,
            key,
            private_pem: pair.serialize_pem(),
            public_pem: pair.public_key_pem(),
        }
    }

    /// Its entry in a JWK set.
    pub fn jwk(&self, id: &str) -> anyhow::Result<Value> {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm)?)?;
        jwk["kid"] = json!(id);
        Ok(jwk)
    }

    /// A token with these claims, and this key id.
    pub fn token(&self, id: Option<&str>, claims: &Value) -> anyhow::Result<String> {
        let header = Header {
            kid: id.map(str::to_owned),
            ..Header::new(self.algorithm)
        };
        encode(&header, claims, &self.key).context("a token")
    }
}

/// Serves one text at every path of a port of this machine, and counts who asks.
pub struct Shelf {
    /// Where.
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Shelf {
    /// Serves this.
    pub async fn with(text: String) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let _ = answer(stream, &text).await;
            }
        });
        Ok(Self {
            address,
            asked,
            _serving: serving,
        })
    }

    /// How often somebody connected.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    let mut request = [0; 4096];
    // The one that asks is the server, whose request comes in one piece.
    let _ = stream.read(&mut request).await?;
    let length = text.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await
}
