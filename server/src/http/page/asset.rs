//! A file of the pages and the forms it is served in.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{LazyLock, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::Embed;
use tracing::error;

use super::coding::Coding;

/// What Vite built, each file compressed with brotli.
#[derive(Embed)]
#[folder = "../web-playground/dist"]
struct Built;

/// A file in the binary.
pub struct Asset {
    /// Name of the content, the same for every coding.
    pub hash: String,
    brotli: Bytes,
    plain: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let assets = Built::iter().filter_map(|path| {
        let file = Built::get(&path)?;
        let name = path.strip_suffix(".br")?.to_owned();
        Some((name, Asset::new(file)))
    });
    assets.collect()
});

impl Asset {
    /// The file of that path in the build, e.g. `index.html`.
    pub fn find(path: &str) -> Option<&'static Self> {
        ASSETS.get(path)
    }

    fn new(file: rust_embed::EmbeddedFile) -> Self {
        let hash = file.metadata.sha256_hash();
        Self {
            hash: URL_SAFE_NO_PAD.encode(hash),
            brotli: Bytes::from(file.data.into_owned()),
            plain: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    /// The file in a coding. What is not in the binary is made on first demand, which takes a while, and kept.
    pub fn coded(&self, coding: Coding) -> Bytes {
        match coding {
            Coding::Brotli => self.brotli.clone(),
            Coding::Gzip => self
                .gzip
                .get_or_init(|| gzip(&inflate(&self.brotli)))
                .clone(),
            Coding::Identity => self.plain.get_or_init(|| inflate(&self.brotli)).clone(),
        }
    }
}

fn inflate(brotli: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    if let Err(problem) =
        brotli_decompressor::Decompressor::new(brotli, 4096).read_to_end(&mut plain)
    {
        error!(%problem, "a file of the pages is damaged in this binary");
    }
    plain.into()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default().into()
}
