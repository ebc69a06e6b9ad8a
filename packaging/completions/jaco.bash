# bash completion for jaco, as "jaco completion bash" prints it.

_jaco() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' i
  # bash takes --flag=value apart at the sign.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command ${COMP_WORDS[i]}" in
      ' backup') command='backup' ;;
      ' restore') command='restore' ;;
      ' recover') command='recover' ;;
      ' drill') command='drill' ;;
      ' inspect') command='inspect' ;;
      ' diff') command='diff' ;;
      ' list') command='list' ;;
      ' prune') command='prune' ;;
      ' cluster') command='cluster' ;;
      'cluster status') command='cluster status' ;;
      ' audit') command='audit' ;;
      ' state') command='state' ;;
      'state keygen') command='state keygen' ;;
      'state reencrypt-backup') command='state reencrypt-backup' ;;
      ' sandbox') command='sandbox' ;;
      ' completion') command='completion' ;;
      ' help') command='help' ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
    'backup --server' | \
      'backup --token' | \
      'backup --s3-endpoint' | \
      'backup --s3-region' | \
      'backup --keep' | \
      'backup --keep-within' | \
      'backup --keep-daily' | \
      'backup --keep-weekly' | \
      'backup --keep-monthly' | \
      'backup --encrypt-to' | \
      'backup --timeout' | \
      'backup --max-snapshot-size' | \
      'restore --s3-endpoint' | \
      'restore --s3-region' | \
      'restore --name' | \
      'restore --advertise-addr' | \
      'restore --grpc-addr' | \
      'restore --expect-cluster' | \
      'restore --daemon-version' | \
      'restore --max-snapshot-size' | \
      'restore --remove-node' | \
      'recover --from' | \
      'recover --compare' | \
      'recover --name' | \
      'recover --advertise-addr' | \
      'recover --grpc-addr' | \
      'recover --remove-node' | \
      'drill --s3-endpoint' | \
      'drill --s3-region' | \
      'drill --newest-of' | \
      'drill --from' | \
      'drill --name' | \
      'drill --expect-cluster' | \
      'drill --daemon-version' | \
      'drill --max-snapshot-size' | \
      'inspect --s3-endpoint' | \
      'inspect --s3-region' | \
      'inspect --max-snapshot-size' | \
      'inspect --daemon-version' | \
      'diff --s3-endpoint' | \
      'diff --s3-region' | \
      'diff --max-snapshot-size' | \
      'list --s3-endpoint' | \
      'list --s3-region' | \
      'prune --s3-endpoint' | \
      'prune --s3-region' | \
      'prune --keep' | \
      'prune --keep-within' | \
      'prune --keep-daily' | \
      'prune --keep-weekly' | \
      'prune --keep-monthly' | \
      'cluster status --server' | \
      'cluster status --token' | \
      'cluster status --timeout' | \
      'audit --server' | \
      'audit --token' | \
      'audit --type' | \
      'audit --since' | \
      'audit --timeout' | \
      'state keygen --key-id' | \
      'state reencrypt-backup --s3-endpoint' | \
      'state reencrypt-backup --s3-region' | \
      'state reencrypt-backup --max-snapshot-size' | \
      'sandbox --listen' | \
      'sandbox --name')
      :
      return
      ;;
    'backup --token-file' | \
      'backup --ca-cert' | \
      'backup --socket' | \
      'backup --s3-ca-cert' | \
      'backup --output' | \
      'backup --identity' | \
      'backup --key-file' | \
      'backup --metrics-file' | \
      'restore --s3-ca-cert' | \
      'restore --input' | \
      'restore --socket' | \
      'restore --identity' | \
      'restore --key-file' | \
      'recover --socket' | \
      'recover --key-file' | \
      'drill --s3-ca-cert' | \
      'drill --input' | \
      'drill --identity' | \
      'drill --key-file' | \
      'drill --metrics-file' | \
      'inspect --s3-ca-cert' | \
      'inspect --identity' | \
      'inspect --key-file' | \
      'diff --s3-ca-cert' | \
      'diff --identity' | \
      'diff --key-file' | \
      'list --s3-ca-cert' | \
      'list --identity' | \
      'list --html' | \
      'prune --s3-ca-cert' | \
      'prune --identity' | \
      'cluster status --token-file' | \
      'cluster status --ca-cert' | \
      'cluster status --socket' | \
      'audit --token-file' | \
      'audit --ca-cert' | \
      'audit --socket' | \
      'state keygen --file' | \
      'state keygen --retain-file' | \
      'state reencrypt-backup --s3-ca-cert' | \
      'state reencrypt-backup --input' | \
      'state reencrypt-backup --file' | \
      'state reencrypt-backup --key-file' | \
      'state reencrypt-backup --new-key-file' | \
      'state reencrypt-backup --identity' | \
      'sandbox --socket' | \
      'sandbox --key-file')
      _jaco_files -f "$current"
      return
      ;;
    'backup --s3-addressing' | \
      'restore --s3-addressing' | \
      'drill --s3-addressing' | \
      'inspect --s3-addressing' | \
      'diff --s3-addressing' | \
      'list --s3-addressing' | \
      'prune --s3-addressing' | \
      'state reencrypt-backup --s3-addressing')
      _jaco_words 'path virtual' "$current"
      return
      ;;
    'backup --format' | \
      'backup -o' | \
      'restore --format' | \
      'restore -o' | \
      'recover --format' | \
      'recover -o' | \
      'drill --format' | \
      'drill -o' | \
      'inspect --format' | \
      'inspect -o' | \
      'diff --format' | \
      'diff -o' | \
      'list --format' | \
      'list -o' | \
      'prune --format' | \
      'prune -o' | \
      'state keygen --format' | \
      'state keygen -o' | \
      'state reencrypt-backup --format' | \
      'state reencrypt-backup -o')
      _jaco_words 'text json' "$current"
      return
      ;;
    'restore --data-dir' | \
      'recover --data-dir' | \
      'drill --work-dir' | \
      'sandbox --data-dir')
      _jaco_files -d "$current"
      return
      ;;
    'inspect --list')
      _jaco_words 'deployments nodes' "$current"
      return
      ;;
    'cluster status --format' | \
      'cluster status -o')
      _jaco_words 'table json yaml' "$current"
      return
      ;;
    'audit --format' | \
      'audit -o')
      _jaco_words 'table json' "$current"
      return
      ;;
  esac
  case "$command" in
    '')
      if [[ $current == -* ]]; then
        _jaco_words '--version -V --help -h' "$current"
      else
        _jaco_words 'backup restore recover drill inspect diff list prune cluster audit state sandbox completion help' "$current"
      fi
      ;;
    'backup')
      if [[ $current == -* ]]; then
        _jaco_words '--server --token --token-file --ca-cert --socket --s3-endpoint --s3-region --s3-addressing --s3-ca-cert --keep --keep-within --keep-daily --keep-weekly --keep-monthly --output --encrypt-to --no-follow --timeout --max-snapshot-size --identity --key-file --metrics-file --quiet -q --format -o --help -h' "$current"
      fi
      ;;
    'restore')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --input --name --data-dir --advertise-addr --grpc-addr --expect-cluster --daemon-version --socket --identity --key-file --max-snapshot-size --no-identity --remove-node --remove-other-nodes --bare --into-other-files --sealed --plain --allow-plain --dry-run --quiet -q --format -o --help -h' "$current"
      fi
      ;;
    'recover')
      if [[ $current == -* ]]; then
        _jaco_words '--from --compare --name --data-dir --advertise-addr --grpc-addr --socket --key-file --no-identity --remove-node --remove-other-nodes --into-other-files --accept-loss --dry-run --quiet -q --format -o --help -h' "$current"
      fi
      ;;
    'drill')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --input --newest-of --from --accept-loss --name --expect-cluster --daemon-version --work-dir --identity --key-file --max-snapshot-size --metrics-file --quiet -q --format -o --help -h' "$current"
      fi
      ;;
    'inspect')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --identity --key-file --max-snapshot-size --list --all --daemon-version --format -o --help -h' "$current"
      else
        _jaco_files -f "$current"
      fi
      ;;
    'diff')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --identity --key-file --max-snapshot-size --format -o --help -h' "$current"
      else
        _jaco_files -f "$current"
      fi
      ;;
    'list')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --identity --html --format -o --help -h' "$current"
      else
        _jaco_files -f "$current"
      fi
      ;;
    'prune')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --keep --keep-within --keep-daily --keep-weekly --keep-monthly --dry-run --identity --format -o --help -h' "$current"
      else
        _jaco_files -f "$current"
      fi
      ;;
    'cluster')
      if [[ $current == -* ]]; then
        _jaco_words '--help -h' "$current"
      else
        _jaco_words 'status' "$current"
      fi
      ;;
    'cluster status')
      if [[ $current == -* ]]; then
        _jaco_words '--server --token --token-file --ca-cert --socket --timeout --format -o --help -h' "$current"
      fi
      ;;
    'audit')
      if [[ $current == -* ]]; then
        _jaco_words '--server --token --token-file --ca-cert --socket --type --since --timeout --format -o --help -h' "$current"
      fi
      ;;
    'state')
      if [[ $current == -* ]]; then
        _jaco_words '--help -h' "$current"
      else
        _jaco_words 'keygen reencrypt-backup' "$current"
      fi
      ;;
    'state keygen')
      if [[ $current == -* ]]; then
        _jaco_words '--file --key-id --retain-file --format -o --help -h' "$current"
      fi
      ;;
    'state reencrypt-backup')
      if [[ $current == -* ]]; then
        _jaco_words '--s3-endpoint --s3-region --s3-addressing --s3-ca-cert --input --file --key-file --new-key-file --allow-legacy-plaintext --identity --max-snapshot-size --format -o --help -h' "$current"
      fi
      ;;
    'sandbox')
      if [[ $current == -* ]]; then
        _jaco_words '--data-dir --socket --listen --name --key-file --help -h' "$current"
      fi
      ;;
    'completion')
      if [[ $current == -* ]]; then
        _jaco_words '--help -h' "$current"
      else
        _jaco_words 'bash zsh fish' "$current"
      fi
      ;;
    'help')
      if [[ $current == -* ]]; then
        _jaco_words '--help -h' "$current"
      else
        _jaco_words 'backup restore recover drill inspect diff list prune cluster audit state sandbox completion help' "$current"
      fi
      ;;
  esac
}

_jaco_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_jaco_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

complete -F _jaco jaco jaco-dr
