// Certificates for tests, made by openssl.
import { join } from 'node:path'
import { run } from './process.mjs'

/** A certificate authority in `directory` that signs for loopback. */
export class Authority {
  static async make(directory, name = 'authority') {
    const authority = Object.assign(new Authority(), { directory, certificate: join(directory, `${name}.pem`), key: join(directory, `${name}-key.pem`) })
    const made = ['-keyout', authority.key, '-out', authority.certificate, '-subj', `/CN=${name}`]
    await openssl(['req', '-x509', ...KEY, ...made, '-days', '2', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'])
    return authority
  }

  /** `{ certificate, key }` for these names: `IP:127.0.0.1`, `DNS:sip.example`. */
  async sign(name, names = 'IP:127.0.0.1') {
    const [certificate, key] = [`${name}.pem`, `${name}-key.pem`].map((file) => join(this.directory, file))
    const by = ['-CA', this.certificate, '-CAkey', this.key, '-days', '2']
    await openssl(['req', '-x509', ...KEY, '-keyout', key, '-out', certificate, '-subj', `/CN=${name}`, ...by, '-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'])
    return { certificate, key }
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

function openssl(args) {
  return run('openssl', args)
}
