//! Probe.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use metainfo::{Backward, Forward, METAINFO};
use pilota::{AHashMap, AHashSet, Bytes};
use tokio::sync::Notify;
use volo::FastStr;
use volo_peers::{
    client,
    probe::{
        Containers, Denied, Leaf, Level, Missing, Node, Options, Probe, ProbeClientBuilder, ProbeEnterException,
        ProbeRemoveException, Scalars, Seen, Shape, Stamp, Words,
    },
    SERVER_NAME,
};
use volo_thrift::{ApplicationException, ApplicationExceptionKind, BizError, MaybeException, ServerError};

use super::caller::CALL;

#[derive(Clone, Default)]
pub struct Handler {
    notes: Arc<Notes>,
}

/// Remembers texts, and wakes who waits for one.
#[derive(Default)]
struct Notes {
    taken: Mutex<HashSet<FastStr>>,
    more: Notify,
}

impl Notes {
    async fn wait_for(&self, text: &FastStr) {
        loop {
            let more = self.more.notified();
            if self.taken.lock().expect("nobody panics with it").contains(text) {
                return;
            }
            more.await;
        }
    }
}

/// The methods that give back what they get.
macro_rules! give {
    ($($name:ident: $kind:ty),* $(,)?) => {
        $(async fn $name(&self, value: $kind) -> Result<$kind, ServerError> {
            Ok(value)
        })*
    };
}

fn failed(number: i32, text: impl Into<FastStr>) -> ServerError {
    ApplicationException::new(ApplicationExceptionKind::from(number), text).into()
}

impl Probe for Handler {
    give! {
        give_bool: bool,
        give_byte: i8,
        give_i16: i16,
        give_i32: i32,
        give_i64: i64,
        give_double: f64,
        give_string: FastStr,
        give_binary: Bytes,
        give_level: Level,
        give_words: Words,
        give_set: AHashSet<i32>,
        give_map: AHashMap<FastStr, i64>,
        give_scalars: Scalars,
        give_containers: Containers,
        give_options: Options,
        give_shape: Shape,
        give_node: Node,
    }

    async fn join(&self, text: FastStr, times: i32, leaf: Leaf) -> Result<FastStr, ServerError> {
        let times = usize::try_from(times).map_err(|_| failed(6, "times is negative"))?;
        Ok(format!("{}{}", text.repeat(times), leaf.name).into())
    }

    async fn nothing(&self) -> Result<(), ServerError> {
        Ok(())
    }

    async fn note(&self, text: FastStr) -> Result<(), ServerError> {
        self.notes.taken.lock().expect("nobody panics with it").insert(text);
        self.notes.more.notify_waiters();
        Ok(())
    }

    async fn noted(&self, text: FastStr, milliseconds: i32) -> Result<bool, ServerError> {
        let limit = Duration::from_millis(milliseconds as u64);
        Ok(tokio::time::timeout(limit, self.notes.wait_for(&text)).await.is_ok())
    }

    async fn enter(&self, who: FastStr) -> Result<MaybeException<FastStr, ProbeEnterException>, ServerError> {
        Ok(match who.as_str() {
            "mallory" => MaybeException::Exception(ProbeEnterException::Denied(Denied {
                who,
                level: Some(Level::HIGH),
            })),
            "nobody" => MaybeException::Exception(ProbeEnterException::Missing(Missing { id: Some(Stamp(-1)) })),
            _ => MaybeException::Ok(format!("welcome {who}").into()),
        })
    }

    async fn remove(&self, id: Stamp) -> Result<MaybeException<(), ProbeRemoveException>, ServerError> {
        Ok(if *id <= 0 {
            MaybeException::Exception(ProbeRemoveException::Missing(Missing { id: Some(id) }))
        } else {
            MaybeException::Ok(())
        })
    }

    /// Volo has no ordinary errors: this is what its handlers make of one.
    async fn fail(&self, text: FastStr) -> Result<FastStr, ServerError> {
        Err(failed(6, text))
    }

    async fn refuse(&self, number: i32, text: FastStr) -> Result<FastStr, ServerError> {
        Err(failed(number, text))
    }

    async fn crash(&self, text: FastStr) -> Result<FastStr, ServerError> {
        panic!("{text}")
    }

    async fn business(
        &self,
        code: i32,
        message: FastStr,
        extra: AHashMap<FastStr, FastStr>,
    ) -> Result<FastStr, ServerError> {
        Err(BizError::with_extra(code, message, extra).into())
    }

    async fn sleep(&self, milliseconds: i32) -> Result<i32, ServerError> {
        tokio::time::sleep(Duration::from_millis(milliseconds as u64)).await;
        Ok(milliseconds)
    }

    async fn seen(&self) -> Result<Seen, ServerError> {
        let call = CALL.with(Clone::clone);
        let (persistent, transient) = METAINFO.with(|info| {
            let mut info = info.borrow_mut();
            info.set_backward_transient("seen-by", SERVER_NAME);
            (info.get_all_persistents().cloned(), info.get_all_upstreams().cloned())
        });
        Ok(Seen {
            caller: Some(call.caller),
            caller_method: None, // Volo does not keep it
            service: Some("Probe".into()),
            method: Some("seen".into()),
            persistent: Some(persistent.unwrap_or_default()),
            transient: Some(transient.unwrap_or_default()),
            timeout_milliseconds: Some(call.timeout.map_or(0, |limit| limit.as_millis() as i64)),
        })
    }

    async fn relay(&self, address: FastStr) -> Result<Seen, ServerError> {
        let seen = relayed(&address).await?;
        METAINFO.with(|info| {
            let mut info = info.borrow_mut();
            if let Some(by) = info.get_backward_downstream("seen-by") {
                info.set_backward_transient("relayed-from", by);
            }
        });
        Ok(seen)
    }
}

async fn relayed(address: &str) -> anyhow::Result<Seen> {
    let next = client!(ProbeClientBuilder, SERVER_NAME, address, "ttheaderframed", None);
    Ok(next.seen().await?)
}
