//! Reads raft directories with crates, and prints a line for each: what is in it, or why it cannot be read. Its first argument
//! says what to read, and with which crate.
use base64::Engine;
use bbolt_rs::{BucketApi, DbApi, TxApi};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// The buckets of log.db: the stable store, and the log.
struct Store {
    conf: Pairs,
    logs: Pairs,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let reader = arguments.next().unwrap_or_default();
    std::panic::set_hook(Box::new(|_| ()));
    for path in arguments {
        let directory = Path::new(&path);
        let read = std::panic::catch_unwind(|| match reader.as_str() {
            "bbolt-rs" => tell_log(with_bbolt_rs(&directory.join("log.db"))?),
            "bolt-lite" => tell_log(with_bolt_lite(&directory.join("log.db"))?),
            "snapshot" => tell_snapshot(directory),
            _ => Err(format!("no reader is called {reader}").into()),
        });
        match read {
            Ok(Ok(line)) => println!("{line}"),
            Ok(Err(error)) => println!("refused: {}", error.to_string().replace('\n', " ")),
            Err(_) => println!("refused: it panicked"),
        }
    }
}

fn with_bbolt_rs(path: &Path) -> Outcome<Store> {
    let db = bbolt_rs::Bolt::open_ro(path)?;
    let mut store = Store { conf: vec![], logs: vec![] };
    db.view(|tx| {
        for (name, pairs) in [("conf", &mut store.conf), ("logs", &mut store.logs)] {
            let bucket = tx.bucket(name).ok_or(bbolt_rs::Error::BucketNotFound)?;
            pairs.extend(bucket.iter_entries().map(|(key, value)| (key.to_vec(), value.to_vec())));
        }
        Ok(())
    })?;
    Ok(store)
}

fn with_bolt_lite(path: &Path) -> Outcome<Store> {
    let db = bolt_lite::Bolt::open_ro(path)?;
    let tx = db.begin()?;
    let pairs = |name: &str| -> Outcome<Pairs> {
        let bucket = tx.bucket(name.as_bytes()).ok_or("no such bucket")?;
        Ok(bucket.cursor()?.map(|entry| (entry.key, entry.value)).collect())
    };
    Ok(Store { conf: pairs("conf")?, logs: pairs("logs")? })
}

/// `<current term> <last index> <number of entries> <digest of them>`, the digest as hashEntry in ../peer/logstore.go has it.
fn tell_log(store: Store) -> Outcome<String> {
    let term = store.conf.iter().find(|(key, _)| key == b"CurrentTerm").ok_or("no CurrentTerm")?;
    let mut digest = Sha256::new();
    let mut last = 0;
    for (key, value) in &store.logs {
        last = number_of(key)?;
        let entry = rmpv::decode::read_value(&mut value.as_slice())?;
        let field = |name: &str| &entry[name];
        for name in ["Index", "Term", "Type"] {
            digest.update(field(name).as_u64().ok_or("no number")?.to_be_bytes());
        }
        digest.update(nanoseconds_of(bytes_of(field("AppendedAt")))?.to_be_bytes());
        for content in [bytes_of(field("Data")), bytes_of(field("Extensions"))] {
            digest.update((content.len() as u64).to_be_bytes());
            digest.update(content);
        }
    }
    Ok(format!("{} {last} {} {}", number_of(&term.1)?, store.logs.len(), hex(&digest.finalize())))
}

fn number_of(bytes: &[u8]) -> Outcome<u64> {
    Ok(u64::from_be_bytes(bytes.try_into()?))
}

/// Text and bytes are one type in the format that go-msgpack writes.
fn bytes_of(value: &rmpv::Value) -> &[u8] {
    match value {
        rmpv::Value::String(text) => text.as_bytes(),
        rmpv::Value::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// Go's time.Time.MarshalBinary: version, seconds since the year 1, nanoseconds, minutes from UTC.
fn nanoseconds_of(time: &[u8]) -> Outcome<u64> {
    let seconds = i64::from_be_bytes(time.get(1..9).ok_or("no time")?.try_into()?) - 62_135_596_800;
    let nanoseconds = u32::from_be_bytes(time.get(9..13).ok_or("no time")?.try_into()?);
    Ok((seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(nanoseconds.into()))
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    #[serde(rename = "ID")]
    id: String,
    index: u64,
    term: u64,
    configuration_index: u64,
    configuration: Configuration,
    #[serde(rename = "CRC")]
    crc: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    servers: Vec<Server>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    suffrage: u8,
    #[serde(rename = "ID")]
    id: String,
    address: String,
}

/// `<id> <index> <term> <configuration index> <voters> <digest of the state>` of the one snapshot that is there.
fn tell_snapshot(directory: &Path) -> Outcome<String> {
    let snapshot = std::fs::read_dir(directory.join("snapshots"))?.next().ok_or("no snapshot")??.path();
    let meta: Meta = serde_json::from_slice(&std::fs::read(snapshot.join("meta.json"))?)?;
    let state = std::fs::read(snapshot.join("state.bin"))?;
    let sum = crc::Crc::<u64>::new(&crc::CRC_64_XZ).checksum(&state);
    if base64::prelude::BASE64_STANDARD.decode(&meta.crc)? != sum.to_be_bytes() {
        return Err("the checksum does not hold".into());
    }
    let voters: Vec<String> = meta
        .configuration
        .servers
        .iter()
        .filter(|server| server.suffrage == 0)
        .map(|server| format!("{}@{}", server.id, server.address))
        .collect();
    let digest = hex(&Sha256::digest(&state));
    Ok(format!("{} {} {} {} {} {digest}", meta.id, meta.index, meta.term, meta.configuration_index, voters.join(",")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
