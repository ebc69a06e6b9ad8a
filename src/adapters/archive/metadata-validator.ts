// Made by `npm run generate`: not to be edited.
// @ts-nocheck

export const isSchemaOne = validate10;
const schema11 = {
  $id: 'schemaOne',
  $comment: 'meta.json of schema 1. Fields that are not named here are ignored: newer daemons may add some.',
  type: 'object',
  required: ['schema_version', 'cluster_id', 'snapshot_index', 'snapshot_term', 'jaco_version', 'taken_at'],
  properties: {
    schema_version: { unsignedBits: 31 },
    cluster_id: { type: 'string' },
    snapshot_index: { unsignedBits: 64 },
    snapshot_term: { unsignedBits: 64 },
    jaco_version: { type: 'string' },
    taken_at: { type: 'string' },
    leader_at_snapshot: { type: 'string' },
  },
};

function validate10(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  /*# sourceURL="schemaOne" */
  let vErrors = null;
  let errors = 0;
  if (errors === 0) {
    if (data && typeof data == 'object' && !Array.isArray(data)) {
      let missing0;
      if (
        (data.schema_version === undefined && (missing0 = 'schema_version')) ||
        (data.cluster_id === undefined && (missing0 = 'cluster_id')) ||
        (data.snapshot_index === undefined && (missing0 = 'snapshot_index')) ||
        (data.snapshot_term === undefined && (missing0 = 'snapshot_term')) ||
        (data.jaco_version === undefined && (missing0 = 'jaco_version')) ||
        (data.taken_at === undefined && (missing0 = 'taken_at'))
      ) {
        validate10.errors = [
          {
            instancePath,
            schemaPath: '#/required',
            keyword: 'required',
            params: { missingProperty: missing0 },
            message: "must have required property '" + missing0 + "'",
            schema: schema11.required,
            parentSchema: schema11,
            data,
          },
        ];
        return false;
      } else {
        if (data.schema_version !== undefined) {
          let data0 = data.schema_version;
          const _errs2 = errors;
          if (typeof data0 !== 'bigint' || data0 < 0 || data0 >= BigInt(2) ** BigInt(31)) {
            validate10.errors = [
              {
                instancePath: instancePath + '/schema_version',
                schemaPath: '#/properties/schema_version/unsignedBits',
                keyword: 'unsignedBits',
                params: {},
                message: 'must pass "unsignedBits" keyword validation',
                schema: 31,
                parentSchema: schema11.properties.schema_version,
                data: data0,
              },
            ];
            return false;
          }
          var valid0 = _errs2 === errors;
        } else {
          var valid0 = true;
        }
        if (valid0) {
          if (data.cluster_id !== undefined) {
            let data1 = data.cluster_id;
            const _errs3 = errors;
            if (typeof data1 !== 'string') {
              validate10.errors = [
                {
                  instancePath: instancePath + '/cluster_id',
                  schemaPath: '#/properties/cluster_id/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                  schema: schema11.properties.cluster_id.type,
                  parentSchema: schema11.properties.cluster_id,
                  data: data1,
                },
              ];
              return false;
            }
            var valid0 = _errs3 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.snapshot_index !== undefined) {
              let data2 = data.snapshot_index;
              const _errs5 = errors;
              if (typeof data2 !== 'bigint' || data2 < 0 || data2 >= BigInt(2) ** BigInt(64)) {
                validate10.errors = [
                  {
                    instancePath: instancePath + '/snapshot_index',
                    schemaPath: '#/properties/snapshot_index/unsignedBits',
                    keyword: 'unsignedBits',
                    params: {},
                    message: 'must pass "unsignedBits" keyword validation',
                    schema: 64,
                    parentSchema: schema11.properties.snapshot_index,
                    data: data2,
                  },
                ];
                return false;
              }
              var valid0 = _errs5 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.snapshot_term !== undefined) {
                let data3 = data.snapshot_term;
                const _errs6 = errors;
                if (typeof data3 !== 'bigint' || data3 < 0 || data3 >= BigInt(2) ** BigInt(64)) {
                  validate10.errors = [
                    {
                      instancePath: instancePath + '/snapshot_term',
                      schemaPath: '#/properties/snapshot_term/unsignedBits',
                      keyword: 'unsignedBits',
                      params: {},
                      message: 'must pass "unsignedBits" keyword validation',
                      schema: 64,
                      parentSchema: schema11.properties.snapshot_term,
                      data: data3,
                    },
                  ];
                  return false;
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.jaco_version !== undefined) {
                  let data4 = data.jaco_version;
                  const _errs7 = errors;
                  if (typeof data4 !== 'string') {
                    validate10.errors = [
                      {
                        instancePath: instancePath + '/jaco_version',
                        schemaPath: '#/properties/jaco_version/type',
                        keyword: 'type',
                        params: { type: 'string' },
                        message: 'must be string',
                        schema: schema11.properties.jaco_version.type,
                        parentSchema: schema11.properties.jaco_version,
                        data: data4,
                      },
                    ];
                    return false;
                  }
                  var valid0 = _errs7 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.taken_at !== undefined) {
                    let data5 = data.taken_at;
                    const _errs9 = errors;
                    if (typeof data5 !== 'string') {
                      validate10.errors = [
                        {
                          instancePath: instancePath + '/taken_at',
                          schemaPath: '#/properties/taken_at/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                          schema: schema11.properties.taken_at.type,
                          parentSchema: schema11.properties.taken_at,
                          data: data5,
                        },
                      ];
                      return false;
                    }
                    var valid0 = _errs9 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.leader_at_snapshot !== undefined) {
                      let data6 = data.leader_at_snapshot;
                      const _errs11 = errors;
                      if (typeof data6 !== 'string') {
                        validate10.errors = [
                          {
                            instancePath: instancePath + '/leader_at_snapshot',
                            schemaPath: '#/properties/leader_at_snapshot/type',
                            keyword: 'type',
                            params: { type: 'string' },
                            message: 'must be string',
                            schema: schema11.properties.leader_at_snapshot.type,
                            parentSchema: schema11.properties.leader_at_snapshot,
                            data: data6,
                          },
                        ];
                        return false;
                      }
                      var valid0 = _errs11 === errors;
                    } else {
                      var valid0 = true;
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate10.errors = [
        {
          instancePath,
          schemaPath: '#/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
          schema: schema11.type,
          parentSchema: schema11,
          data,
        },
      ];
      return false;
    }
  }
  validate10.errors = vErrors;
  return errors === 0;
}

export const isAnySchema = validate11;
const schema12 = {
  $id: 'anySchema',
  $comment: 'What can be asked of any schema: that it is an object that names its own version.',
  type: 'object',
  required: ['schema_version'],
  properties: { schema_version: { unsignedBits: 31 } },
};

function validate11(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  /*# sourceURL="anySchema" */
  let vErrors = null;
  let errors = 0;
  if (errors === 0) {
    if (data && typeof data == 'object' && !Array.isArray(data)) {
      let missing0;
      if (data.schema_version === undefined && (missing0 = 'schema_version')) {
        validate11.errors = [
          {
            instancePath,
            schemaPath: '#/required',
            keyword: 'required',
            params: { missingProperty: missing0 },
            message: "must have required property '" + missing0 + "'",
            schema: schema12.required,
            parentSchema: schema12,
            data,
          },
        ];
        return false;
      } else {
        if (data.schema_version !== undefined) {
          let data0 = data.schema_version;
          if (typeof data0 !== 'bigint' || data0 < 0 || data0 >= BigInt(2) ** BigInt(31)) {
            validate11.errors = [
              {
                instancePath: instancePath + '/schema_version',
                schemaPath: '#/properties/schema_version/unsignedBits',
                keyword: 'unsignedBits',
                params: {},
                message: 'must pass "unsignedBits" keyword validation',
                schema: 31,
                parentSchema: schema12.properties.schema_version,
                data: data0,
              },
            ];
            return false;
          }
        }
      }
    } else {
      validate11.errors = [
        {
          instancePath,
          schemaPath: '#/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
          schema: schema12.type,
          parentSchema: schema12,
          data,
        },
      ];
      return false;
    }
  }
  validate11.errors = vErrors;
  return errors === 0;
}
