import { OWN_TAG_PREFIX } from "../model/awsTags";

/**
 * Tags of an instance by which the deployer finds its machines and a machine finds its volumes. All are valid keys of
 * tags in the instance metadata service, where the machine reads them.
 */

/** Ensemble's id: the rights of the deployer are bound to it. */
export const ENSEMBLE_TAG = `${OWN_TAG_PREFIX}id`;
/** Server's id, a number; `all` where one machine is for all servers. */
export const SERVER_TAG = `${OWN_TAG_PREFIX}server`;
/** Hash of the specification that the machine was made from. */
export const SPEC_TAG = `${OWN_TAG_PREFIX}spec`;
/** EBS id of the data volume, `vol-…`. Names such as `/dev/nvme1n1` move between two starts; this does not. */
export const DATA_VOLUME_TAG = `${OWN_TAG_PREFIX}data-volume`;
/** EBS id of the transaction log's volume. */
export const LOG_VOLUME_TAG = `${OWN_TAG_PREFIX}log-volume`;
