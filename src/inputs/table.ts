/** One input of the action as `action.yml` documents it. */
export interface InputDescription {
  readonly description: string
  /** What an unset or empty input means; absent if there is no default, or if it depends on the run. */
  readonly default?: string
}

/** Every input, in the order in which `action.yml` lists them: the one source of both. */
export const INPUTS = {
  'upstream-repository': {
    description: 'Repository that the upstream environment files come from, as OWNER/REPO.',
    default: 'pangeo-data/pangeo-docker-images'
  },
  'upstream-ref': {
    description:
      'Branch, tag or commit SHA of the upstream repository, or `latest-release`. Default: its default branch.'
  },
  'upstream-files': {
    description: 'Upstream files and the local copies they are written to, one `path: local-file` a line.',
    default: 'pangeo-notebook/environment.yml: NBenvironment.yml'
  },
  'upstream-api-url': {
    description:
      'REST API of the GitHub that has the upstream repository. Default: that of the run; on GitHub Enterprise Server and on ghe.com the public one.'
  },
  'upstream-token': {
    description:
      'Token for reading the upstream repository. Default: `token` if both are on the same host, otherwise none.'
  },
  'environment-files': {
    description:
      "The repository's own environment files, one a line. They are merged after the upstream files, so they win.",
    default: 'environment.yml'
  },
  'allowed-channels': {
    description:
      "Channels that the upstream files may use, one a line. Default: conda-forge, nodefaults and, unless `policy-on` is `all`, those of the repository's own files."
  },
  'policy-on': {
    description:
      'Files that may use only allowed channels, and name packages but no addresses, options or `pip-repositories`: `upstream`, or `all`, if nobody has reviewed the own ones either, as in a pull request.',
    default: 'upstream'
  },
  'on-overlap': {
    description:
      'What to do when a later file replaces the spec of an earlier one: `warn`, or `error` to refuse it before anything is solved. So also when pip has locked another version of a project than conda, after the solve.',
    default: 'warn'
  },
  lockfile: {
    description: 'The unified lockfile, for `conda-lock install`.',
    default: 'conda-lock.yml'
  },
  'explicit-lockfile': {
    description:
      'The explicit lockfile, for `conda create --file`. `{platform}` stands for the platform; it may be left out when there is only one.',
    default: 'conda-{platform}.lock'
  },
  'pip-requirements': {
    description:
      'The companion of the explicit lockfile with its pip packages, for `pip install --no-deps --require-hashes -r`; written only when there are any. `{platform}` as in `explicit-lockfile`.',
    default: 'conda-{platform}.pip.txt'
  },
  'pypi-lookup-file': {
    description:
      "A file of the repository with conda-lock's table of PyPI and conda names. Default: the table that conda-lock fetches when a file has a `pip:` section."
  },
  'build-from-source': {
    description:
      'PyPI packages without a wheel that may be built to learn what they need, which runs their code, one name a line. Only for what your own environment files bring in, and never with `policy-on: all`.'
  },
  platforms: {
    description: 'Platforms to lock for, one a line.',
    default: 'linux-64'
  },
  'working-directory': {
    description: 'Folder of the repository that all local files are relative to.',
    default: '.'
  },
  'same-version': {
    description:
      "Packages that must have the same version everywhere, one a line. They are compared with upstream's own lockfile.",
    default: 'python\ndask\ndistributed\ncloudpickle\nmsgpack-python\ntornado\nnumpy\npandas'
  },
  'channel-alias': {
    description: 'Where a bare channel name like `conda-forge` lives: a mirror, for example.',
    default: 'https://conda.anaconda.org'
  },
  'conda-executable': {
    description: 'A conda, mamba or micromamba to solve with. Default: the built-in solver, py-rattler.'
  },
  update: {
    description:
      '`all` takes the newest of everything; `minimal` keeps what the present lockfile has and moves only what a change in the environment files demands. Built-in solver only.',
    default: 'all'
  },
  'exclude-newer': {
    description:
      'Do not consider conda packages uploaded after a date (`2025-09-24`, or with a time; UTC unless it names a zone), or younger than an age (`3d`, `12h`, `2w`). Built-in solver only.'
  },
  'exclude-newer-exempt': {
    description: 'Names of packages that `exclude-newer` does not concern, one a line.'
  },
  'virtual-packages': {
    description:
      "A conda-lock file of virtual packages (`__glibc`, `__cuda` …): what the machines have. Default: conda-lock's own, glibc 2.28, Linux 5.10 and CUDA 11.4."
  },
  cuda: {
    description: 'Version of CUDA that the machines have, or `none`. Not together with `virtual-packages`.'
  },
  python: {
    description: 'Python (3.10 or newer) that the toolchain is installed with.',
    default: 'python3'
  },
  relock: {
    description:
      'When to solve: `always`; `if-inputs-changed`, only when the environment files or the settings have changed since the lock was made; or a number of days after which to solve even so.',
    default: 'always'
  },
  'trial-install': {
    description:
      "Whether to install what was locked for the runner's own platform into a scratch folder, and to run `trial-command` there, before anything is proposed (`true` or `false`). Shut off from the runner, which needs Linux 5.13 or newer.",
    default: 'false'
  },
  'trial-command': {
    description:
      'The command of the trial install, one argument a line. It has no network, and sees no file of the repository.',
    default: 'python\n-m\npip\ncheck'
  },
  mode: {
    description:
      '`pull-request` opens or updates a pull request; `lock` writes a bundle for a later `publish`, which makes one pull request of all bundles; `commit` commits to the branch that the run is on; `check` fails if the lockfiles do not match their inputs or each other; `files` stops after writing the files.',
    default: 'pull-request'
  },
  bundle: {
    description: 'Folder that `mode: lock` writes the bundle to, relative to the workspace.',
    default: 'conda-lock-sync-bundle'
  },
  bundles: {
    description:
      'Folders that are bundles or hold some, one a line, relative to the workspace: what `mode: publish` publishes, and what `mode: commit` commits instead of locking itself.'
  },
  images: {
    description:
      'Working directories of the images that there must be bundles of, one a line; one without a bundle counts as failed. Default: whatever bundles there are.'
  },
  'publish-partial': {
    description: 'Whether the other images are published when one has failed (`true` or `false`).',
    default: 'true'
  },
  token: {
    description: 'Token that writes the branch and the pull request (`contents: write`, `pull-requests: write`).',
    default: '${{ github.token }}'
  },
  base: {
    description: 'Branch that the pull request is for. Default: the branch the run is on, or the default branch.'
  },
  branch: {
    description:
      'Branch that the pull request comes from. Default: `conda-lock-sync`, followed by `-FOLDER` for a `working-directory`, and by `--BASE` when the base is not the default branch. For `mode: commit` the branch to commit to; default: the one that the run is on.'
  },
  title: {
    description: 'Title of the pull request.',
    default: 'Update conda lockfiles'
  },
  'commit-message': {
    description: 'Message of the commit.',
    default: 'Update conda lockfiles'
  },
  labels: {
    description: 'Labels of a new pull request, one a line; missing ones are created.'
  },
  assignees: {
    description: 'People whom a new pull request is assigned to, one a line.'
  },
  reviewers: {
    description: 'People who are asked to review a new pull request, one a line.'
  },
  'team-reviewers': {
    description: "Teams that are asked to review a new pull request, one a line. Takes a GitHub App's token."
  },
  draft: {
    description: 'Whether a new pull request is a draft (`true` or `false`).',
    default: 'false'
  },
  'auto-merge': {
    description:
      'How GitHub is to merge a new pull request once it may be merged: `merge`, `squash` or `rebase`. Default: not by itself.'
  },
  overwrite: {
    description: "Whether commits that others have pushed to the action's branch may be replaced (`true` or `false`).",
    default: 'false'
  },
  'dispatch-workflows': {
    description:
      'Workflows to start on the head branch when it has moved, one file name a line. They need `on: workflow_dispatch`, and the job `actions: write`.'
  },
  'report-failures': {
    description: 'Whether one issue is kept open while runs fail (`true` or `false`). Needs `issues: write`.',
    default: 'false'
  },
  timeout: {
    description: 'Minutes after which the run is given up.',
    default: '30'
  }
} as const satisfies Readonly<Record<string, InputDescription>>

export type InputName = keyof typeof INPUTS

/** Every output, in the order in which `action.yml` lists them. */
export const OUTPUTS = {
  changed: 'Whether what would be proposed differs from the base branch (`true` or `false`).',
  operation:
    'What was done: `created`, `updated`, `unchanged`, `closed`, `none`, `committed`, `bundled`, `checked`, `files`, `declined`, `blocked`, `superseded` or `failed`.',
  problem: 'Why the run fails, one line for each problem; not set if it does not.',
  'pull-request-number': 'Number of the pull request, where there is one.',
  'pull-request-url': 'Address of the pull request, where there is one.',
  bundle: 'Absolute path of the bundle that `mode: lock` has written.',
  'failed-images': 'Images that `mode: publish` has found no bundle of, one a line.',
  'upstream-sha': 'The commit that `upstream-ref` resolved to; of several images the last one.',
  added: 'Number of packages added, over all platforms.',
  removed: 'Number of packages removed.',
  upgraded: 'Number of packages upgraded.',
  downgraded: 'Number of packages downgraded.',
  rebuilt: 'Number of packages of the same version in another build or from another URL.',
  summary: 'One line that says what happened.'
} as const

export type OutputName = keyof typeof OUTPUTS
