// What the bundle was made with: bundle.js puts it in place of OWN.
export default OWN; // eslint-disable-line no-undef
