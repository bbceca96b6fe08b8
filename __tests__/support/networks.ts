/** Variables of the machine that the tests run on which say how to reach the network: a test brings its own. */
export const BARE: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter(name => /proxy$|^(?:PIP|UV)_|cert|ca_bundle|^SSL_/i.test(name))
    .map(name => [name, undefined])
)
