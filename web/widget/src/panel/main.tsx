import { render } from 'preact'
import './panel.css'
import { App } from './views/app'
import { Visit } from './visit'

const visit = new Visit(document.body.dataset.key ?? '')
render(<App visit={visit} />, document.getElementById('panel')!)
void visit.begin()
