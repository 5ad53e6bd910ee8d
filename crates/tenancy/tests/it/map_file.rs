//! The map file, and what becomes of it while we run.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::{Manual, System};
use connector_domain::port::TenantDirectory;
use connector_tenancy::{FileDirectory, MapFileError, OpenError, Settings, Source};
use tempfile::TempDir;

use crate::{account, eventually, id, known, unknown};

const LOOK_EVERY: Duration = Duration::from_millis(10);

fn directory_of(map: &str) -> (TempDir, Result<FileDirectory, MapFileError>) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("map.json");
    fs::write(&path, map).unwrap();
    let directory = FileDirectory::open(
        path,
        account("10000", "111000"),
        LOOK_EVERY,
        Arc::new(Manual::default()),
    );
    (place, directory)
}

#[tokio::test]
async fn the_map_names_a_tenant_or_none_and_the_rest_get_the_default() {
    let map = r#"{"a": {"orgId": "1", "accountId": "7"}, "b": {"error": "gone"}, "c": {}}"#;
    let (_place, directory) = directory_of(map);
    let answers = directory
        .unwrap()
        .lookup(&["a", "b", "c", "d"].map(id))
        .await;
    let default = known("10000", "111000");
    let expected = [known("1", "7"), unknown(), default.clone(), default];
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn a_changed_map_is_used_and_a_broken_one_is_not() {
    let (place, directory) = directory_of(r#"{"a": {"orgId": "1"}}"#);
    let (path, directory) = (place.path().join("map.json"), directory.unwrap());
    fs::write(&path, r#"{"a": {"orgId": "22"}}"#).unwrap();
    eventually("the new map is used", || async {
        directory.lookup(&[id("a")]).await == [known("22", "")]
    })
    .await;
    fs::write(&path, r#"{"a": {"orgId": "#).unwrap();
    tokio::time::sleep(2 * LOOK_EVERY).await;
    assert_eq!(directory.lookup(&[id("a")]).await, [known("22", "")]);
    fs::remove_file(&path).unwrap();
    tokio::time::sleep(2 * LOOK_EVERY).await;
    assert_eq!(directory.lookup(&[id("a")]).await, [known("22", "")]);
    fs::write(&path, r#"{"a": {"orgId": "333"}}"#).unwrap();
    eventually("the mended map is used", || async {
        directory.lookup(&[id("a")]).await == [known("333", "")]
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_map_is_named() {
    let (_place, directory) = directory_of(r#"{"a": {"orgId": 1}}"#);
    let error = directory.err().unwrap().to_string();
    assert!(
        error.contains("map.json") && error.contains("accountId"),
        "{error}"
    );
    let long = "9".repeat(65);
    let (_place, directory) = directory_of(&format!(r#"{{"a": {{"orgId": "{long}"}}}}"#));
    let error = directory.err().unwrap().to_string();
    assert!(
        error.contains("\"a\"") && error.contains("64 bytes"),
        "{error}"
    );
    let missing = Settings {
        source: Source::File("nowhere/map.json".into()),
        default: account("1", ""),
    };
    let error = missing
        .open(Arc::new(System), Arc::new(System))
        .err()
        .unwrap();
    assert!(
        matches!(error, OpenError::Map(MapFileError::File { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn without_a_source_everyone_belongs_to_the_default_tenant() {
    let settings = Settings {
        source: Source::Default,
        default: account("10000", "111000"),
    };
    let directory = settings.open(Arc::new(System), Arc::new(System)).unwrap();
    let answers = directory.lookup(&["a", "b"].map(id)).await;
    assert_eq!(answers, vec![known("10000", "111000"); 2]);
}
