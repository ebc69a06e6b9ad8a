// Made by `npm run generate`: not to be edited.
/** The contract of proto/ as protobufjs describes it in JSON. */
export const contractDescriptor = {
  nested: {
    jaco: {
      nested: {
        v1: {
          nested: {
            Cluster: {
              methods: {
                Backup: { requestType: 'BackupRequest', responseType: 'BackupChunk', responseStream: true },
                Status: { requestType: 'ClusterStatusRequest', responseType: 'ClusterStatusResponse' },
              },
            },
            BackupRequest: { fields: {} },
            BackupChunk: { fields: { data: { type: 'bytes', id: 1 } } },
            ClusterStatusRequest: { fields: {} },
            ClusterStatusResponse: {
              fields: {
                nodes: { rule: 'repeated', type: 'Node', id: 1 },
                leader: { type: 'string', id: 2 },
                raftIndex: { type: 'uint64', id: 3 },
                initialized: { type: 'bool', id: 4 },
                suffrages: { rule: 'repeated', type: 'NodeSuffrage', id: 5 },
              },
            },
            NodeSuffrage: {
              fields: { hostname: { type: 'string', id: 1 }, kind: { type: 'Kind', id: 2 } },
              nested: { Kind: { values: { KIND_UNSPECIFIED: 0, KIND_VOTER: 1, KIND_NONVOTER: 2 } } },
            },
            NodeStatus: {
              values: {
                NODE_STATUS_UNSPECIFIED: 0,
                NODE_STATUS_JOINING: 1,
                NODE_STATUS_READY: 2,
                NODE_STATUS_ISOLATION_UNAVAILABLE: 3,
                NODE_STATUS_DRAIN_TIMEOUT: 4,
              },
            },
            Node: {
              fields: {
                hostname: { type: 'string', id: 1 },
                address: { type: 'string', id: 2 },
                serverCertFingerprint: { type: 'bytes', id: 3 },
                wireguardPubkey: { type: 'bytes', id: 4 },
                status: { type: 'NodeStatus', id: 5 },
                statusDetails: { keyType: 'string', type: 'string', id: 6 },
                joinedAt: { type: 'google.protobuf.Timestamp', id: 7 },
                grpcAddress: { type: 'string', id: 8 },
                cpuPressure: { type: 'double', id: 9 },
                memoryPressure: { type: 'double', id: 10 },
                lastPressureAt: { type: 'google.protobuf.Timestamp', id: 11 },
              },
            },
            Audit: {
              methods: {
                Query: { requestType: 'AuditQueryRequest', responseType: 'AuditEvent', responseStream: true },
              },
            },
            AuditQueryRequest: {
              fields: {
                since: { type: 'google.protobuf.Timestamp', id: 1 },
                until: { type: 'google.protobuf.Timestamp', id: 2 },
                types: { rule: 'repeated', type: 'AuditEventType', id: 3 },
                follow: { type: 'bool', id: 4 },
              },
            },
            AuditEventType: {
              values: {
                AUDIT_EVENT_TYPE_UNSPECIFIED: 0,
                AUDIT_EVENT_TYPE_APPLY: 1,
                AUDIT_EVENT_TYPE_DELETE: 2,
                AUDIT_EVENT_TYPE_ROLLBACK: 3,
                AUDIT_EVENT_TYPE_NODE_JOIN: 4,
                AUDIT_EVENT_TYPE_NODE_REMOVE: 5,
                AUDIT_EVENT_TYPE_TOKEN_ISSUE: 6,
                AUDIT_EVENT_TYPE_TOKEN_REVOKE: 7,
                AUDIT_EVENT_TYPE_CERTIFICATE_ISSUED: 8,
                AUDIT_EVENT_TYPE_CERTIFICATE_RENEWED: 9,
                AUDIT_EVENT_TYPE_CERTIFICATE_FAILED: 10,
                AUDIT_EVENT_TYPE_ISOLATION_RULESET_RECONCILED: 11,
                AUDIT_EVENT_TYPE_ISOLATION_UNAVAILABLE: 12,
                AUDIT_EVENT_TYPE_BACKUP_TAKEN: 13,
                AUDIT_EVENT_TYPE_RESTORE_COMPLETED: 14,
                AUDIT_EVENT_TYPE_UPGRADE_SUCCEEDED: 15,
                AUDIT_EVENT_TYPE_UPGRADE_FAILED: 16,
                AUDIT_EVENT_TYPE_ROLLOUT_INVARIANT_HOLD: 17,
                AUDIT_EVENT_TYPE_REGISTRY_CREDENTIAL_UPSERT: 18,
                AUDIT_EVENT_TYPE_REGISTRY_CREDENTIAL_REMOVE: 19,
                AUDIT_EVENT_TYPE_PRIVILEGED_WORKLOAD_ADMITTED: 20,
                AUDIT_EVENT_TYPE_REBALANCE_MOVED: 21,
                AUDIT_EVENT_TYPE_REBALANCE_SKIPPED: 23,
              },
              reserved: [[22, 22]],
            },
            AuditEvent: {
              fields: {
                raftIndex: { type: 'uint64', id: 1 },
                type: { type: 'AuditEventType', id: 2 },
                identity: { type: 'string', id: 3 },
                ts: { type: 'google.protobuf.Timestamp', id: 4 },
                payload: { keyType: 'string', type: 'string', id: 5 },
              },
            },
            Error: {
              fields: {
                code: { type: 'string', id: 1 },
                message: { type: 'string', id: 2 },
                details: { keyType: 'string', type: 'string', id: 3 },
              },
            },
            FSMSnapshot: {
              fields: {
                cluster: { type: 'ClusterMeta', id: 1 },
                nodes: { rule: 'repeated', type: 'Node', id: 2 },
                deployments: { rule: 'repeated', type: 'Deployment', id: 3 },
                replicasDesired: { rule: 'repeated', type: 'bytes', id: 4 },
                replicasObserved: { rule: 'repeated', type: 'bytes', id: 5 },
                routes: { rule: 'repeated', type: 'bytes', id: 6 },
                certs: { rule: 'repeated', type: 'bytes', id: 7 },
                challengeTokens: { rule: 'repeated', type: 'bytes', id: 8 },
                tokens: { rule: 'repeated', type: 'Token', id: 9 },
                joinTokens: { rule: 'repeated', type: 'bytes', id: 10 },
                subnets: { rule: 'repeated', type: 'Subnet', id: 11 },
                rolloutPlans: { rule: 'repeated', type: 'bytes', id: 12 },
                replicaCounters: { rule: 'repeated', type: 'bytes', id: 13 },
                restartCounters: { rule: 'repeated', type: 'bytes', id: 14 },
                auditEvents: { rule: 'repeated', type: 'AuditEvent', id: 15 },
                certBlobs: { rule: 'repeated', type: 'bytes', id: 16 },
                tcpRoutes: { rule: 'repeated', type: 'bytes', id: 17 },
                registryCredentials: { rule: 'repeated', type: 'bytes', id: 18 },
              },
            },
            ClusterMeta: {
              fields: {
                clusterId: { type: 'string', id: 1 },
                caCert: { type: 'bytes', id: 2 },
                caKey: { type: 'bytes', id: 3 },
                createdAt: { type: 'google.protobuf.Timestamp', id: 4 },
              },
            },
            Token: {
              fields: {
                identity: { type: 'string', id: 1 },
                hashedSecret: { type: 'bytes', id: 2 },
                issuedAt: { type: 'google.protobuf.Timestamp', id: 3 },
                revokedAt: { type: 'google.protobuf.Timestamp', id: 4 },
                allowsPrivileged: { type: 'bool', id: 5 },
              },
            },
            Subnet: {
              fields: {
                deployment: { type: 'string', id: 1 },
                network: { type: 'string', id: 2 },
                host: { type: 'string', id: 5 },
              },
            },
            DeploymentStatus: {
              values: { DEPLOYMENT_STATUS_UNSPECIFIED: 0, DEPLOYMENT_STATUS_PENDING: 1, DEPLOYMENT_STATUS_ACTIVE: 2 },
            },
            Deployment: {
              fields: {
                name: { type: 'string', id: 1 },
                appliedRevision: { type: 'uint64', id: 2 },
                previousRevision: { type: 'uint64', id: 3 },
                status: { type: 'DeploymentStatus', id: 4 },
                statusDetails: { keyType: 'string', type: 'string', id: 5 },
                jacoYaml: { type: 'bytes', id: 6 },
                composeYaml: { type: 'bytes', id: 7 },
                services: { rule: 'repeated', type: 'bytes', id: 8 },
                updatedAt: { type: 'google.protobuf.Timestamp', id: 9 },
                acmeEmail: { type: 'string', id: 10 },
              },
            },
            Command: {
              oneofs: {
                payload: {
                  oneof: [
                    'clusterInit',
                    'nodeJoin',
                    'nodeRemove',
                    'nodeStatusUpdate',
                    'nodeUpdateSelf',
                    'auditAppend',
                    'batch',
                  ],
                },
              },
              fields: {
                clusterId: { type: 'string', id: 1 },
                raftIndex: { type: 'uint64', id: 2 },
                ts: { type: 'google.protobuf.Timestamp', id: 3 },
                identity: { type: 'string', id: 4 },
                clusterInit: { type: 'ClusterInit', id: 10 },
                nodeJoin: { type: 'NodeJoin', id: 11 },
                nodeRemove: { type: 'NodeRemove', id: 12 },
                nodeStatusUpdate: { type: 'NodeStatusUpdate', id: 13 },
                nodeUpdateSelf: { type: 'NodeUpdateSelf', id: 14 },
                auditAppend: { type: 'AuditAppend', id: 80 },
                batch: { type: 'Batch', id: 90 },
              },
            },
            Batch: { fields: { children: { rule: 'repeated', type: 'Command', id: 1 } } },
            ClusterInit: {
              fields: {
                clusterId: { type: 'string', id: 1 },
                caCert: { type: 'bytes', id: 2 },
                caKey: { type: 'bytes', id: 3 },
                operatorTokenHashedSecret: { type: 'bytes', id: 4 },
                selfHostname: { type: 'string', id: 5 },
                selfAddress: { type: 'string', id: 6 },
              },
            },
            NodeJoin: {
              fields: {
                hostname: { type: 'string', id: 1 },
                address: { type: 'string', id: 2 },
                serverCertFingerprint: { type: 'bytes', id: 3 },
                wireguardPubkey: { type: 'bytes', id: 4 },
                grpcAddress: { type: 'string', id: 5 },
              },
            },
            NodeRemove: { fields: { hostname: { type: 'string', id: 1 } } },
            NodeStatusUpdate: {
              fields: {
                hostname: { type: 'string', id: 1 },
                status: { type: 'NodeStatus', id: 2 },
                details: { keyType: 'string', type: 'string', id: 3 },
                cpuPressure: { type: 'double', id: 4 },
                memoryPressure: { type: 'double', id: 5 },
                includePressure: { type: 'bool', id: 6 },
              },
            },
            NodeUpdateSelf: {
              fields: {
                hostname: { type: 'string', id: 1 },
                wireguardPubkey: { type: 'bytes', id: 2 },
                grpcAddress: { type: 'string', id: 3 },
              },
            },
            AuditAppend: { fields: { event: { type: 'AuditEvent', id: 1 } } },
          },
        },
      },
    },
    google: {
      nested: {
        protobuf: {
          nested: {
            Timestamp: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
            Any: { fields: { type_url: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
          },
        },
        rpc: {
          nested: {
            Status: {
              fields: {
                code: { type: 'int32', id: 1 },
                message: { type: 'string', id: 2 },
                details: { rule: 'repeated', type: 'google.protobuf.Any', id: 3 },
              },
            },
          },
        },
      },
    },
  },
};
