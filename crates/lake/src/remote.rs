//! Files in an S3-compatible object store.

use std::path::Path;
use std::sync::Arc;

use futures::TryStreamExt as _;
use kernel::{Kind, Problem};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use tokio::io::AsyncWriteExt as _;

use crate::engine::Inner;
use crate::manifest::File;

/// Bytes above which a file goes up in parts, and of a part: the smallest that S3 takes is 5 MB.
const PART: usize = 8 << 20;
/// Parts under way at once.
const PARTS: usize = 4;

/// Where the object store is, and how to be let in. What is not said comes from the environment, under the names
/// that other programs use (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`).
#[derive(Clone, Default)]
pub struct Settings {
    /// `s3://bucket/prefix`.
    pub url: String,
    /// The address of a server other than Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The key's name.
    pub key: Option<String>,
    /// The key.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("url", &self.url)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The object store.
pub(crate) struct Remote {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

fn unreachable(error: object_store::Error) -> Problem {
    Problem::new(Kind::Unavailable, "lake-store").retry_after(30).because(error)
}

impl Remote {
    pub(crate) fn open(settings: &Settings) -> Result<Remote, Problem> {
        let bad = || Problem::new(Kind::Malformed, "lake-store-address").with("url", &settings.url);
        let rest = settings.url.strip_prefix("s3://").ok_or_else(bad)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(bad());
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        let given = [
            (AmazonS3ConfigKey::Endpoint, &settings.endpoint),
            (AmazonS3ConfigKey::Region, &settings.region),
            (AmazonS3ConfigKey::AccessKeyId, &settings.key),
            (AmazonS3ConfigKey::SecretAccessKey, &settings.secret),
        ];
        for (key, value) in given {
            if let Some(value) = value {
                builder = builder.with_config(key, value);
            }
        }
        let plain = builder
            .get_config_value(&AmazonS3ConfigKey::Endpoint)
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let store = builder.with_allow_http(plain).build().map_err(|error| bad().because(error))?;
        Ok(Remote { store: Arc::new(store), prefix: prefix.trim_end_matches('/').to_owned() })
    }

    fn key(&self, path: &str) -> Key {
        if self.prefix.is_empty() { Key::from(path) } else { Key::from(format!("{}/{path}", self.prefix)) }
    }

    /// Everything in the bucket.
    #[cfg(test)]
    pub(crate) fn names(
        &self,
    ) -> futures::stream::BoxStream<'_, object_store::Result<object_store::ObjectMeta>> {
        self.store.list(None)
    }

    /// Uploads a file. It is whole under its name when this returns.
    pub(crate) async fn put(&self, path: &str, local: &Path) -> Result<(), Problem> {
        let bytes = tokio::fs::metadata(local).await.map_err(Problem::fault)?.len();
        if bytes <= PART as u64 {
            let body = tokio::fs::read(local).await.map_err(Problem::fault)?;
            self.store.put(&self.key(path), PutPayload::from(body)).await.map_err(unreachable)?;
            return Ok(());
        }
        let upload = self.store.put_multipart(&self.key(path)).await.map_err(unreachable)?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut file = tokio::fs::File::open(local).await.map_err(Problem::fault)?;
        let mut buffer = vec![0u8; PART];
        loop {
            let read = tokio::io::AsyncReadExt::read(&mut file, &mut buffer).await.map_err(Problem::fault)?;
            if read == 0 {
                break;
            }
            parts.wait_for_capacity(PARTS).await.map_err(unreachable)?;
            parts.write(&buffer[..read]);
        }
        parts.finish().await.map_err(unreachable)?;
        Ok(())
    }

    /// Brings a file here.
    pub(crate) async fn fetch(&self, inner: &Inner, file: &File) -> Result<(), Problem> {
        // Two questions may want the same file; each writes one of its own, and the last name wins.
        let mut random = [0u8; 8];
        inner.dice.fill(&mut random);
        let name = format!("{}-{}.fetched", file.meta.id, crate::files::hex(&random));
        let temporary = inner.folders.temporary.join(name);
        let fetched = self.fetch_to(&file.meta.path(), &temporary).await;
        let named = fetched.and_then(|()| {
            if let Some(folder) = file.local.parent() {
                std::fs::create_dir_all(folder).map_err(Problem::fault)?;
            }
            std::fs::rename(&temporary, &file.local).map_err(Problem::fault)
        });
        if named.is_err() {
            let _ = crate::disk::remove(&temporary);
        }
        named
    }

    async fn fetch_to(&self, path: &str, temporary: &Path) -> Result<(), Problem> {
        let mut body = self.store.get(&self.key(path)).await.map_err(unreachable)?.into_stream();
        let mut out = tokio::fs::File::create(temporary).await.map_err(Problem::fault)?;
        while let Some(bytes) = body.try_next().await.map_err(unreachable)? {
            out.write_all(&bytes).await.map_err(crate::files::io_problem)?;
        }
        out.flush().await.map_err(crate::files::io_problem)
    }

    /// Removes an object; one that is not there is fine.
    pub(crate) async fn remove(&self, path: &str) -> Result<(), Problem> {
        match self.store.delete(&self.key(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unreachable(error)),
        }
    }

    /// Bytes of an object; none when it is not there.
    pub(crate) async fn size(&self, path: &str) -> Result<Option<u64>, Problem> {
        match self.store.head(&self.key(path)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unreachable(error)),
        }
    }
}
