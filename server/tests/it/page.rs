//! The pages as the binary serves them, and that the committed build is of the present sources.

use std::fs;
use std::path::{Path, PathBuf};

use connector_testkit::TestPlatform;
use reqwest::{Response, StatusCode};
use sha2::{Digest, Sha256};

async fn fetch(platform: &TestPlatform, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = reqwest::Client::new().get(format!("{}{path}", platform.base()));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_pages_and_their_files_come_from_the_binary_in_the_coding_asked_for() {
    let platform = TestPlatform::start().await;
    for (path, title) in [("/", "Playground"), ("/fleet", "Fleet")] {
        let page = fetch(&platform, path, &[]).await;
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&page, "cache-control"), "no-cache");
        assert_eq!(header(&page, "content-encoding"), "");
        let policy = header(&page, "content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; "),
            "{policy}"
        );
        let text = page.text().await.unwrap();
        assert!(text.contains(&format!("<title>{title}")), "{text}");
        let asset = text
            .split("./assets/")
            .find(|rest| rest.contains(".js\""))
            .unwrap();
        let asset = format!("/assets/{}", asset.split('"').next().unwrap());
        let mut sizes = Vec::new();
        for coding in ["br", "gzip", "identity"] {
            let file = fetch(&platform, &asset, &[("accept-encoding", coding)]).await;
            let expected = if coding == "identity" { "" } else { coding };
            assert_eq!(header(&file, "content-encoding"), expected);
            assert_eq!(
                header(&file, "cache-control"),
                "public, max-age=31536000, immutable"
            );
            assert_eq!(
                header(&file, "content-type"),
                "text/javascript; charset=utf-8"
            );
            assert_eq!(header(&file, "vary"), "accept-encoding");
            let tag = header(&file, "etag").to_owned();
            sizes.push(file.bytes().await.unwrap().len());
            let again = [("accept-encoding", coding), ("if-none-match", tag.as_str())];
            let again = fetch(&platform, &asset, &again).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(again.bytes().await.unwrap().len(), 0);
        }
        assert!(sizes.is_sorted() && sizes[0] > 0, "{sizes:?}");
    }
    for path in [
        "/assets/none.js",
        "/assets/..%2Findex.html",
        "/assets/",
        "/fleet/x",
        "/index.html",
    ] {
        assert_eq!(
            fetch(&platform, path, &[]).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    platform.stop().await;
}

/// The same as `web-playground/build/sources.mjs` computes when the pages are built.
#[test]
fn the_committed_pages_were_built_from_the_present_sources() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built_from =
        fs::read_to_string(repository.join("web-playground/dist/sources.sha256")).unwrap();
    assert_eq!(
        built_from.trim(),
        digest(&repository),
        "web-playground/dist is not of these sources: run `make ui`"
    );
}

fn digest(repository: &Path) -> String {
    let mut sources: Vec<String> = [
        "index.html",
        "fleet.html",
        "package-lock.json",
        "vite.config.ts",
    ]
    .map(|name| format!("web-playground/{name}"))
    .to_vec();
    let mut add = |root: &str, wanted: &dyn Fn(&str) -> bool| {
        let files = files_under(&repository.join(root));
        let names = files
            .iter()
            .map(|file| file.strip_prefix(repository).unwrap().to_str().unwrap());
        sources.extend(names.filter(|name| wanted(name)).map(str::to_owned));
    };
    add("web-playground/src", &|name| {
        ![".test.ts", ".test.tsx", "/schema.d.ts"]
            .iter()
            .any(|end| name.ends_with(end))
    });
    add("examples", &|name| {
        name.matches('/').count() == 1
            && (name.ends_with(".graphql") || name.ends_with(".variables.json"))
    });
    sources.sort();
    let mut all = Sha256::new();
    for source in sources {
        let content = Sha256::digest(fs::read(repository.join(&source)).unwrap());
        all.update(format!("{source}\n{content:x}\n"));
    }
    format!("{:x}", all.finalize())
}

fn files_under(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files_under(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
