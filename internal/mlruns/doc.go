// SPDX-License-Identifier: Apache-2.0

// Package mlruns writes runs into an MLflow file store, a directory usually called mlruns:
//
//	EXPERIMENT/meta.yaml               name, id, where artifacts lie
//	EXPERIMENT/RUN/meta.yaml           name, id, status, start and end
//	EXPERIMENT/RUN/params/NAME         a text
//	EXPERIMENT/RUN/tags/NAME           a text
//	EXPERIMENT/RUN/metrics/NAME        lines of `milliseconds value step`
//	EXPERIMENT/RUN/artifacts/FILE      files as they are
//
// as MLflow's own FileStore does (mlflow/store/tracking/file_store.py of MLflow 3.17, which reads such a store where MLFLOW_ALLOW_FILE_STORE=true is in the
// environment; 2.22 reads it as it is).
//
// Any number of processes may write runs into one store at a time: an experiment's id follows from its name, so that all who create it agree, and an
// experiment of that name which is there already, made by MLflow or by another run, is used. A run has one writer.
//
// Begin writes a run anew, its metrics in a folder beside that takes the old one's place when it is complete; what others added to it, such as notes and
// tags, stays. It refuses names that MLflow does not take, which are also those that would lead out of the run's folder.
package mlruns
