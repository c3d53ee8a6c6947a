// rest.css comes as text: it is put on the page by the script that needs it.
declare module './rest.css' {
  const text: string
  export default text
}

declare module '*.css'
